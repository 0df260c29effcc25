// What the scripts of this folder share: their settings (one argument of JSON), lines of JSON out, commands in.
import http from 'node:http';
import readline from 'node:readline';

export const settings = JSON.parse(process.argv[2] ?? '{}');

console.info = console.error; // only what is said on purpose goes to standard output

export const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** Answers each command, a line of JSON with a member "do", by the function of that name. */
export function obey(commands) {
  readline.createInterface({ input: process.stdin })
    .on('line', async (line) => {
      const { do: name, ...rest } = JSON.parse(line);
      say(await commands[name](rest) ?? { done: name });
    })
    .on('close', () => process.exit(0));
}

let answered;

/** Says something and waits for the line of JSON that answers it. */
export function ask(value) {
  answered ??= readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  say(value);
  return answered.next().then((line) => (line.done ? process.exit(0) : JSON.parse(line.value)));
}

/** Listens on loopback: on the port of the settings, or on a free one. */
export const listen = (handler) => new Promise((resolve) => {
  const server = http.createServer((request, response) => Promise.resolve(handler(request, response)).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  }));
  server.listen(settings.port ?? 0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
});

export async function form(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
  }
  return Object.fromEntries(new URLSearchParams(body));
}

export const json = (response, value, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value));

export const redirect = (response, target, parameters) => {
  const url = new URL(target);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) {
      url.searchParams.set(name, value);
    }
  }
  response.writeHead(303, { location: url.href }).end();
};

export const loginPage = (response, action) => response
  .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  .end(`<!doctype html><html lang="en"><title>Institution</title><h1>Institution</h1>
<form method="post" action="${action}"><label>Login <input name="login" autofocus></label> <button>Sign in</button></form></html>`);
