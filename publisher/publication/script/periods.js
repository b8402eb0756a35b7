/* From a table to the same view of another period: the view is the part of the address behind "#". */
function keep() {
  const view = location.hash.includes("=") ? location.hash : "";
  document.querySelectorAll("[data-period]").forEach((link) => { link.hash = view; });
  document.getElementById("kept").hidden = !view;
}

window.addEventListener("hashchange", keep);
keep();
