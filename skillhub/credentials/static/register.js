// Keeps the page that checks codes without a network on this device; a browser that cannot, goes without.
// A page of our server names a wider scope, so that its own addresses lead there too.
const { src, dataset } = document.currentScript;
if ("serviceWorker" in navigator) {
  const options = dataset.scope ? { scope: dataset.scope } : {};
  navigator.serviceWorker.register(new URL("worker.js", src), options).catch(() => {});
}
