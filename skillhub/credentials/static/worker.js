// Answers with the kept pages where there is no network; with a network nothing is answered from here.
const KEPT = "skillhub-verify-1";
const FOLDER = new URL(".", self.location.href).href;
const PAGES = { en: "en.html", zh: "./" };
const FILES = [...Object.values(PAGES), "page.js", "register.js", "style.css", "icon.svg", "keys.json"];
const ADDRESSES = FILES.map((name) => new URL(name, FOLDER).href);

self.addEventListener("install", (event) => {
  const fresh = ADDRESSES.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(fresh)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const others = (names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(others).then(() => self.clients.claim()));
});

async function fresh(request, address) {
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(KEPT)).put(address, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = request.url.split("#")[0];
  if (request.method !== "GET") return;
  if (ADDRESSES.includes(address)) {
    event.respondWith(fresh(request, address).catch(() => caches.match(address)));
  } else if (request.mode === "navigate") {
    const page = navigator.language.startsWith("en") ? PAGES.en : PAGES.zh;
    event.respondWith(fetch(request).catch(() => Response.redirect(new URL(page, FOLDER).href)));
  }
});
