// The service worker: the page works offline once it has been opened. What the page begins with is stored at once, all
// else when it is first used. scripts/lib/page.sh writes the versions: hashes of what they name, so that a new page
// replaces the old one and keeps the models it still has.
const version = '@VERSION@';
const modelsVersion = '@MODELS_VERSION@';

const shellCache = `effcam-${version}`;
const modelsCache = `effcam-models-${modelsVersion}`;
const shell = ['./', 'style.css', 'main.js', 'context.js', 'detect.js', 'input.js', 'program.js', 'table.js', 'engine.js',
  'samples.json', 'icon.svg', 'manifest.webmanifest'];
// The build of the program that this browser runs (detect.js).
const config = new URL(self.location).searchParams.get('config');
const program = ['js', 'wasm'].map((type) => `effcam-${config}.${type}`);

async function listed(file) {
  return (await fetch(file, { cache: 'no-cache' })).json();
}

// The files of both caches that the page's start reads.
async function beginning() {
  const [samples, models] = await Promise.all([listed('samples.json'), listed('models/catalogue.json')]);
  return {
    [shellCache]: [...shell, ...program, ...samples.map(({ file }) => file)],
    [modelsCache]: ['models/catalogue.json', ...models.filter((each) => each.default).map(({ file }) => `models/${file}`)],
  };
}

async function store(cacheName, files) {
  const cache = await caches.open(cacheName);
  // Past the browser's own cache, which may hold files of the version before.
  const add = async (file) => (await cache.match(file)) ?? cache.add(new Request(file, { cache: 'no-cache' }));
  await Promise.all(files.map(add));
}

// Browsers that know of routes read these files from the cache without starting this worker first.
function route(event, cacheName, files) {
  const baseURL = self.registration.scope;
  const condition = (file) => ({ urlPattern: { baseURL, pathname: new URL(file, baseURL).pathname, search: '' } });
  return event.addRoutes?.(files.map((file) => ({ condition: condition(file), source: { cacheName } })));
}

async function install(event) {
  const files = Object.entries(await beginning());
  await Promise.all(files.map(([cacheName, names]) => store(cacheName, names)));
  await Promise.all(files.map(([cacheName, names]) => route(event, cacheName, names)));
  await self.skipWaiting();
}

self.addEventListener('install', (event) => event.waitUntil(install(event)));

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
