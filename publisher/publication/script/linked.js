/* The address of a chart's SVG file. A page opened from disk may not make another picture of it. */
const pictureOf = (figure) => (location.protocol === "file:" ? "" : figure.querySelector("a[download]").href);
