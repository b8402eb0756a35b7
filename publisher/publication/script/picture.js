/* A chart as a file: as it is seen now, but in light colours, with its title and its source. */
const LOOKS = "fill fill-opacity stroke stroke-width stroke-dasharray font-size font-style font-weight text-anchor display".split(" ");

function picture(figure, svg) {
  const copy = svg.cloneNode(true), marks = copy.querySelectorAll("*"), { width, height } = svg.getBoundingClientRect();
  svg.classList.add("on-paper");
  svg.querySelectorAll("*").forEach((mark, n) => {
    const style = getComputedStyle(mark);
    LOOKS.forEach((name) => marks[n].setAttribute(name, style.getPropertyValue(name)));
  });
  svg.classList.remove("on-paper");
  let top = 12;
  const words = (text, size) => text.match(new RegExp(`.{1,${Math.floor(width / size * 1.9)}}( |$)`, "g")).map((line) => {
    top += size * 1.4;
    return `<text x="16" y="${top}" font-size="${size}">${line.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</text>`;
  }).join("");
  const title = words(svg.firstChild.textContent, 16), place = { x: 16, y: top + 12, width, height };
  Object.keys(place).forEach((name) => copy.setAttribute(name, place[name]));
  top += height + 24;
  const source = words(figure.dataset.source, 12);
  const font = getComputedStyle(svg).fontFamily.replace(/"/g, "'");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width + 32}" height="${top + 16}" font-family="${font}"><rect width="100%" height="100%" fill="#fff"/>${title}${new XMLSerializer().serializeToString(copy)}${source}</svg>`;
}

function keep(name, address) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

document.querySelectorAll("[data-as]").forEach((button) => {
  const figure = button.closest("figure"), { save } = figure.dataset;
  button.hidden = false;
  button.addEventListener("click", () => {
    const file = `data:image/svg+xml,${encodeURIComponent(picture(figure, figure.querySelector("svg")))}`;
    if (button.dataset.as === "svg") { return keep(`${save}.svg`, file); }
    const image = new Image(), canvas = document.createElement("canvas");
    image.onload = () => {
      canvas.width = image.width * 2;
      canvas.height = image.height * 2;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      keep(`${save}.png`, canvas.toDataURL());
    };
    image.src = file;
  });
});
