// Reads the one kind of event that /stream/chart sends, in the format of Datastar v1: each puts an element in
// place of the one with its id. Datastar itself does this, and more, from `data-init="@get('…')"` alone.
const badge = document.querySelector(".connection");
function show(state, word) {
  badge.dataset.state = state;
  badge.firstElementChild.textContent = word;
}

const places = [...document.querySelectorAll("[data-patches]")];
let sources = [];

// A browser allows six connections to a host over HTTP/1.1: a hidden page closes its own.
function follow() {
  for (const source of sources) source.close();
  sources = document.hidden ? [] : places.map(open);
}
document.addEventListener("visibilitychange", follow);
follow();

function open(place) {
  const source = new EventSource(place.dataset.patches);
  source.addEventListener("open", () => show("live", "Live"));
  source.addEventListener("error", () => show("reconnecting", "Reconnecting"));
  source.addEventListener("datastar-patch-elements", ({ data }) => {
    // Again with each: the badge is an island, which may be rendered after the stream was opened.
    show("live", "Live");
    const html = data.split("\n").flatMap((line) =>
      line.startsWith("elements ") ? [line.slice("elements ".length)] : []
    ).join("\n");
    const template = document.createElement("template");
    template.innerHTML = html;
    for (const element of template.content.children) {
      document.getElementById(element.id)?.replaceChildren(...element.childNodes);
    }
  });
  return source;
}
