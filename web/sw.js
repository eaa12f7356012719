// The service worker: the page works offline once it has been opened. The shell is stored at once, the program, the
// models and the sample images when they are first used. scripts/lib/page.sh writes the versions: hashes of what they
// name, so that a new page replaces the old one and keeps the models it still has.
const version = '@VERSION@';
const modelsVersion = '@MODELS_VERSION@';

const shellCache = `effcam-${version}`;
const modelsCache = `effcam-models-${modelsVersion}`;
const shell = ['./', 'style.css', 'main.js', 'context.js', 'detect.js', 'input.js', 'program.js', 'table.js', 'engine.js',
  'samples.json', 'icon.svg', 'manifest.webmanifest'];

self.addEventListener('install', (event) => {
  // Past the browser's own cache, which may hold files of the version before.
  const requests = shell.map((file) => new Request(file, { cache: 'no-cache' }));
  event.waitUntil(caches.open(shellCache).then((cache) => cache.addAll(requests)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const kept = [shellCache, modelsCache];
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith('effcam-') && !kept.includes(name))
      .map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

async function answer(request, cacheName) {
  const cache = await caches.open(cacheName);
  const stored = await cache.match(request, { ignoreSearch: true });
  if (stored) return stored;
  const response = await fetch(request);
  // A page with a query is the same page: only plain addresses are stored.
  if (response.ok && response.status === 200 && !new URL(request.url).search) {
    // Not awaited: the page need not wait until a model is on disk. A full disk is no reason to fail.
    cache.put(request, response.clone()).catch(() => {});
  }
  return response;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || request.headers.has('range')) return;
  const isModel = url.href.startsWith(new URL('models/', self.registration.scope).href);
  event.respondWith(answer(request, isModel ? modelsCache : shellCache));
});
