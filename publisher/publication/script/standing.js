/* Whether this version was replaced: all that a sealed page asks of the site around it. It takes a number and whether that
   version holds, and prints words of its own. Apart from a site the file is missing, and nothing is said. */
const line = document.getElementById("standing"), told = line.dataset, asked = document.createElement("script");

window.publisherStanding = (newest, holds) => {
  if (!Number.isInteger(newest) || newest < told.version || (newest === +told.version && holds === true)) { return; }
  line.textContent = (holds === true ? told.replaced : told.withdrawn).replace("{version}", newest);
  line.hidden = false;
};

asked.src = told.src;
document.head.append(asked);
