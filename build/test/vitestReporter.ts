import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';
import { writeCounts, type Counts } from './counts.ts';

const NO_REASON = 'it gives no reason';

function skipOf(test: TestCase): Counts['skips'][number] {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return { test: test.fullName, reason: note ?? NO_REASON };
}

/** Files and suites whose own code failed: their tests never ran and would otherwise only be missing. */
function brokenContainers(module: TestModule): string[] {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0).map((suite) => ('fullName' in suite ? suite.fullName : module.moduleId));
}

export function countModules(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Counts {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const failed = tests.filter((test) => test.result().state === 'failed');
  const skipped = tests.filter((test) => test.result().state === 'skipped' || test.result().state === 'pending');
  const failures = [...failed.map((test) => test.fullName), ...modules.flatMap(brokenContainers), ...unhandled.map(({ message }) => `outside of any test: ${message}`)];
  return {
    passed: tests.length - failed.length - skipped.length,
    failed: failures.length,
    skipped: skipped.length,
    skips: skipped.map(skipOf),
    failures,
  };
}

/** Counts what Vitest ran. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    writeCounts(countModules(modules, unhandled));
  }
}
