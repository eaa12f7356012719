// A static server for the page, on loopback only, with the headers that it needs.
// Usage: node serve.mjs <folder> [--no-isolation]     (port: $PORT, else the first free one from 8000)
//
// The headers are those of <folder>/_headers where there is one (the format of static hosts: a path pattern, then
// indented "Name: value" lines), so that what is tested here is what is deployed; else those of defaultHeaders.

import { createReadStream, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

const isolationHeaders = ['cross-origin-opener-policy', 'cross-origin-embedder-policy'];

const defaultHeaders = [
  { pattern: '/*', name: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { pattern: '/*', name: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
  { pattern: '/*', name: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { pattern: '/*', name: 'X-Content-Type-Options', value: 'nosniff' },
  { pattern: '/*', name: 'Referrer-Policy', value: 'no-referrer' },
  {
    pattern: '/*',
    name: 'Content-Security-Policy',
    value: [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "worker-src 'self' blob:",
      "style-src 'self'",
      "img-src 'self' blob: data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  },
];

function readHeaders(folder) {
  const file = path.join(folder, '_headers');
  if (!existsSync(file)) return defaultHeaders;
  const headers = [];
  let pattern = '/*';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.trim() || line.trim().startsWith('#')) continue;
    if (!/^\s/.test(line)) {
      pattern = line.trim();
      continue;
    }
    const colon = line.indexOf(':');
    headers.push({ pattern, name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() });
  }
  return headers;
}

const matches = (pattern, name) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

// The file that a request's path names inside the folder, or null. Links are followed first, so that neither ".."
// (however it is encoded) nor a link leads out.
function resolveFile(folder, name) {
  let file = path.join(folder, name);
  if (name.endsWith('/')) file = path.join(file, 'index.html');
  try {
    file = realpathSync(file);
    if (!file.startsWith(folder + path.sep) || !statSync(file).isFile()) return null;
  } catch {
    return null;
  }
  return path.basename(file) === '_headers' ? null : file;
}

// A server (not yet listening) of the folder's files.
export function makeServer(folder, { isolation = true } = {}) {
  folder = realpathSync(folder);
  const headers = readHeaders(folder).filter(
    ({ name }) => isolation || !isolationHeaders.includes(name.toLowerCase()));

  return createServer((request, response) => {
    const refuse = (status, text, more = {}) =>
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...more })
        .end(request.method === 'HEAD' ? undefined : `${text}\n`);

    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refuse(405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
    }
    let name;
    try {
      // Not new URL(): it would resolve "..", and what is asked for is to be judged as it is.
      name = decodeURIComponent(request.url.replace(/[?#].*$/s, ''));
    } catch {
      return refuse(400, 'not a path');
    }
    if (!name.startsWith('/') || name.includes('\0')) return refuse(400, 'not a path');
    if (name.split(/[/\\]/).includes('..')) return refuse(403, 'outside of the folder');
    const file = resolveFile(folder, name);
    if (!file) return refuse(404, 'no such file');

    const answer = {
      'Content-Type': types[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
      'Content-Length': statSync(file).size,
      'Cache-Control': 'no-cache',
    };
    for (const header of headers) if (matches(header.pattern, name)) answer[header.name] = header.value;
    response.writeHead(200, answer);
    if (request.method === 'HEAD') return response.end();
    createReadStream(file).on('error', () => response.destroy()).pipe(response);
  });
}

// Listens on loopback and resolves to the port: the given one, else the first free one from `first` on.
export function listen(server, port, first = 8000) {
  return new Promise((resolve, reject) => {
    let candidate = port ?? first;
    server.on('error', (error) => {
      if (error.code !== 'EADDRINUSE' || port !== undefined || ++candidate > 65535) return reject(error);
      server.listen(candidate, '127.0.0.1');
    });
    server.on('listening', () => resolve(server.address().port));
    server.listen(candidate, '127.0.0.1');
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...options] = process.argv.slice(2);
  if (!folder || !existsSync(folder)) {
    console.error(`serve.mjs: there is no folder ${folder ?? ''}`);
    process.exit(2);
  }
  const isolation = !options.includes('--no-isolation');
  const port = process.env.PORT ? Number(process.env.PORT) : undefined;
  try {
    const actual = await listen(makeServer(folder, { isolation }), port);
    console.log(`Serving on http://127.0.0.1:${actual}/${isolation ? '' : ' (not isolated)'}. Ctrl-C ends it.`);
  } catch (error) {
    console.error(`serve.mjs: ${error.message}`);
    process.exit(1);
  }
}
