import type { FullConfig, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter';
import { writeCounts } from './counts.ts';

const titleOf = (test: TestCase): string => test.titlePath().filter((part) => part !== '').join(' > ');
const reasonOf = (test: TestCase): string => test.annotations.find(({ type }) => type === 'skip')?.description ?? 'it gives no reason';

/** Counts what Playwright ran. A flaky test failed once, so it counts as failed. */
export default class CountingReporter implements Reporter {
  private suite: Suite | null = null;
  private readonly errors: string[] = [];

  onBegin(_config: FullConfig, suite: Suite): void {
    this.suite = suite;
  }

  onError(error: TestError): void {
    this.errors.push(`outside of any test: ${error.message ?? 'unknown'}`);
  }

  onEnd(): void {
    const tests = this.suite?.allTests() ?? [];
    const failed = tests.filter((test) => ['unexpected', 'flaky'].includes(test.outcome()));
    const skipped = tests.filter((test) => test.outcome() === 'skipped');
    const failures = [...failed.map(titleOf), ...this.errors];
    writeCounts({
      passed: tests.length - failed.length - skipped.length,
      failed: failures.length,
      skipped: skipped.length,
      skips: skipped.map((test) => ({ test: titleOf(test), reason: reasonOf(test) })),
      failures,
    });
  }
}
