/* The address of a chart as SVG: its file; where there is none (or a page opened from disk may not use it), the chart as it is
   seen now, but in light colours, with its title and its source; so many times as large. Strokes that do not grow with a drawing are told to. */
const LOOKS = "fill fill-opacity stroke stroke-width stroke-dasharray stroke-linecap font-size font-style font-weight text-anchor display".split(" ");

function pictureOf(figure, times) {
  const link = figure.querySelector("a[download]");
  return link && location.protocol !== "file:" ? link.href : `data:image/svg+xml,${encodeURIComponent(drawn(figure, times))}`;
}

function drawn(figure, times) {
  const svg = figure.querySelector("svg"), copy = svg.cloneNode(true), marks = copy.querySelectorAll("*"), { width, height } = svg.getBoundingClientRect();
  svg.querySelectorAll(".lit").forEach((mark) => mark.classList.remove("lit"));
  svg.classList.add("on-paper");
  svg.querySelectorAll("*").forEach((mark, n) => {
    const style = getComputedStyle(mark);
    LOOKS.forEach((name) => marks[n].setAttribute(name, style.getPropertyValue(name)));
    if (mark.hasAttribute("vector-effect")) { marks[n].setAttribute("stroke-width", parseFloat(style.strokeWidth) * times); }
  });
  svg.classList.remove("on-paper");
  let top = 12;
  const words = (text, size) => text.match(new RegExp(`.{1,${Math.floor(width / size * 1.9)}}( |$)`, "g")).map((line) => {
    top += size * 1.4;
    return `<text x="16" y="${top}" font-size="${size}"${size > 12 ? ' font-weight="700"' : ""}>${line.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</text>`;
  }).join("");
  const title = words(svg.firstChild.textContent, 16), place = { x: 16, y: top + 12, width, height };
  Object.keys(place).forEach((name) => copy.setAttribute(name, place[name]));
  top += height + 24;
  const source = words(figure.dataset.source, 12), font = getComputedStyle(svg).fontFamily.replace(/"/g, "'");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${(width + 32) * times}" height="${(top + 16) * times}" viewBox="0 0 ${width + 32} ${top + 16}" font-family="${font}"><rect width="100%" height="100%" fill="#fff"/>${title}${new XMLSerializer().serializeToString(copy)}${source}</svg>`;
}
