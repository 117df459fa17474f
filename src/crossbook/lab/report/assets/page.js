"use strict";
// Puts the page together: the theme, the choice of a market, the window of time.

(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const byId = (id) => document.getElementById(id);

  const asked = () => ({ "#dark": "dark", "#light": "light" })[location.hash];
  const system = matchMedia("(prefers-color-scheme: dark)");
  const theme = () => root.dataset.theme || (system.matches ? "dark" : "light");
  const toggle = byId("theme");

  const label = () => { toggle.textContent = theme() === "dark" ? "Light" : "Dark"; };
  if (asked()) root.dataset.theme = asked();
  label();

  let draw = () => {};
  toggle.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    label();
    draw();
  });
  addEventListener("hashchange", () => {
    if (asked()) { root.dataset.theme = asked(); label(); draw(); }
  });
  system.addEventListener("change", () => { label(); draw(); });

  if (!data.range) return;
  const group = new Charts.Group(data.range, (from, to) => { byId("window").textContent = `${from} \u2013 ${to}`; });
  const places = [byId("market-charts"), byId("shared-charts")];
  const choices = [...document.querySelectorAll("[name=view]")];
  const chosen = () => {
    const choice = choices.find((one) => one.tagName === "SELECT" || one.checked);
    return choice ? Number(choice.value) : 0;
  };
  draw = () => {
    const view = data.views[chosen()];
    group.draw(places, [view ? view.charts : [], data.shared]);
  };
  choices.forEach((choice) => choice.addEventListener("change", draw));
  draw();

  const actions = {
    in: () => group.zoom(0.5),
    out: () => group.zoom(2),
    earlier: () => group.move(-0.5),
    later: () => group.move(0.5),
    all: () => group.reset(),
  };
  document.querySelectorAll("[data-zoom]").forEach((button) =>
    button.addEventListener("click", () => actions[button.dataset.zoom]()));

  let width = group.width();
  new ResizeObserver(() => {
    if (group.width() !== width) { width = group.width(); group.resize(); }
  }).observe(places[0]);
})();
