// Runs before the first paint: language, appearance and the studio's name from the last visit, so that the page drawn
// before the app looks like the app. No storage, no matter.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  // The same choice as the app makes (src/tr.rs): the language kept, else the first wanted one that it speaks.
  const spoken = (tag) => {
    const low = tag.toLowerCase();
    if (/^en\b/.test(low)) return "en";
    if (!/^(zh|cmn|yue)\b/.test(low)) return null;
    return /-(hant|tw|hk|mo)\b/.test(low) && !low.includes("hans") ? "zh-Hant" : "zh-Hans";
  };
  const wanted = [read("rollcall.lang"), ...(navigator.languages ?? [])];
  root.lang = wanted.filter(Boolean).map(spoken).find(Boolean) ?? "en";
  const theme = read("rollcall.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  // A device that the members have shows no way to anywhere (src/parts/kiosk.rs).
  if (read("rollcall.kiosk")) root.dataset.kiosk = "";
  // A script that never arrives would leave the drawn page standing for ever.
  addEventListener(
    "error",
    (event) => {
      const lost = event.target instanceof HTMLScriptElement && document.getElementById("failed");
      if (lost) lost.hidden = false;
    },
    true,
  );
  const studio = read("rollcall.studio");
  if (studio) document.title = studio;
  document.addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-studio]")) place.textContent = studio ?? place.textContent;
    for (const link of document.querySelectorAll("#boot a")) {
      const area = link.getAttribute("href");
      const here = area === "/" ? location.pathname === "/" : `${location.pathname}/`.startsWith(`${area}/`);
      if (here) link.setAttribute("aria-current", "page");
    }
  });
})();
