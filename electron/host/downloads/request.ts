import { Agent as HttpAgent, get as getHttp, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, get as getHttps } from 'node:https';

/** As many as browsers follow at most. */
const REDIRECT_LIMIT = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Why no answer came that another try could better: a refusal, a loop, an address that is none. */
export class FinalFailure extends Error {}

/** How the network is reached: HTTP_PROXY, HTTPS_PROXY and NO_PROXY are heard. */
export interface Ways {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  close(): void;
}

export function openWays(environment: NodeJS.ProcessEnv = process.env): Ways {
  const http = new HttpAgent({ proxyEnv: environment });
  const https = new HttpsAgent({ proxyEnv: environment });
  return {
    http,
    https,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

export interface Answer {
  readonly response: IncomingMessage;
  /** Where it came from in the end. */
  readonly url: string;
}

interface Wanted {
  readonly ways: Ways;
  readonly headers: OutgoingHttpHeaders;
  readonly signal: AbortSignal;
}

/** The answer to a GET after all redirects. Throws FinalFailure where another try would end the same way. */
export async function request(address: string, wanted: Wanted): Promise<Answer> {
  const visited = new Set<string>();
  let url = parseAddress(address);
  for (;;) {
    if (visited.has(url.href)) throw new FinalFailure(`it redirects in a circle: ${[...visited, url.href].join(' → ')}`);
    if (visited.size >= REDIRECT_LIMIT) throw new FinalFailure(`it redirects more than ${REDIRECT_LIMIT} times`);
    visited.add(url.href);
    const response = await ask(url, wanted);
    const target = response.headers.location;
    if (!REDIRECTS.has(response.statusCode ?? 0) || target === undefined) return { response, url: url.href };
    response.destroy();
    url = follow(url, target);
  }
}

function parseAddress(address: string, base?: URL): URL {
  const url = URL.parse(address, base);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) throw new FinalFailure(`${address} is no address of the web`);
  return url;
}

/** What came over a line that nobody could alter must not go on over one that anybody can. */
function follow(from: URL, target: string): URL {
  const to = parseAddress(target, from);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw new FinalFailure(`it redirects from https to ${to.href}, which anybody on the way can alter`);
  return to;
}

function ask(url: URL, { ways, headers, signal }: Wanted): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  // Without it a server may compress the body on its way, and sizes and ranges would mean something else.
  const options = { headers: { 'accept-encoding': 'identity', 'user-agent': 'Petri', ...headers }, signal };
  return new Promise((resolve, reject) => {
    const asked = secure ? getHttps(url, { ...options, agent: ways.https }, resolve) : getHttp(url, { ...options, agent: ways.http }, resolve);
    asked.on('error', (error) => reject(isCertificate(error) ? new FinalFailure(`its certificate is not trusted: ${error.message}`) : error));
  });
}

function isCertificate(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code);
}
