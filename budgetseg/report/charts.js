"use strict";
// What every page needs: figures drawn in the page's colours, and drawn anew where these change.
const Charts = (() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { figures, config } = read("budgetseg-charts");

  // The page's colours, for plotly, which knows no style sheet.
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(
      ["paper", "panel", "ink", "muted", "line", "grid", "accent"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    );
  };

  const dressed = (trace, colour) => {
    const marker = trace.marker ? { marker: { ...trace.marker, line: { ...trace.marker.line, color: colour.ink } } } : {};
    const bars = trace.error_y ? { error_y: { ...trace.error_y, color: colour.muted } } : {};
    return { ...trace, ...bars, ...marker };
  };

  const axis = (given, colour) => ({
    ...given, gridcolor: colour.grid, linecolor: colour.muted, zerolinecolor: colour.line, tickcolor: colour.muted,
  });

  // dress(trace, colour, narrow) may change a trace further; more(colour) adds to the layout.
  const draw = (div, figure, dress = (trace) => trace, more = () => ({})) => {
    const colour = colours();
    const { data, layout } = figure;
    const narrow = div.clientWidth < 560;
    const family = getComputedStyle(document.body).fontFamily;
    Plotly.react(div, data.map((trace) => dress(dressed(trace, colour), colour, narrow)), {
      ...layout,
      uirevision: "kept", // what the reader hid or zoomed stays so
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour.ink, family, size: narrow ? 11 : 13 },
      hoverlabel: { bgcolor: colour.panel, bordercolor: colour.muted, font: { color: colour.ink, family } },
      modebar: { color: colour.muted, activecolor: colour.ink, bgcolor: "rgba(0,0,0,0)" },
      xaxis: axis(layout.xaxis, colour),
      yaxis: axis(layout.yaxis, colour),
      ...more(colour),
    }, { ...config, displayModeBar: narrow ? false : "hover" });
  };

  const keepDrawn = (redraw) => {
    redraw();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    addEventListener("beforeprint", redraw);
    addEventListener("afterprint", redraw);
  };

  const showControls = () => {
    for (const control of document.querySelectorAll("[hidden][data-live]")) control.hidden = false;
  };

  return { read, figures, draw, keepDrawn, showControls, all: [...document.querySelectorAll("[data-chart]")] };
})();
