/* Buttons that keep a chart as a file. */
document.querySelectorAll("[data-as]").forEach((button) => {
  const figure = button.closest("figure"), type = button.dataset.as;

  function keep(address) {
    const link = document.createElement("a");
    link.href = address;
    link.download = `${figure.dataset.save}.${type}`;
    link.click();
  }

  button.hidden = !pictureOf(figure, 1);
  button.addEventListener("click", () => {
    const image = new Image(), canvas = document.createElement("canvas"), times = type === "png" ? 2 : 1, address = pictureOf(figure, times),
      larger = address.startsWith("data:") ? 1 : times;
    if (type === "svg") { keep(address); return; }
    image.onload = () => {
      canvas.width = image.width * larger;
      canvas.height = image.height * larger;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      keep(canvas.toDataURL());
    };
    image.src = address;
  });
});
