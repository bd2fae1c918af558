// A place or a point chosen on the map of a question: a click, or Enter for the middle of the map. Without this script the
// fields for a name and for a point take the same.
import { called, start, told } from "./map.js";

const box = document.querySelector("details.on-map");
const form = box.closest("form");
const element = box.querySelector(".map");
const says = box.querySelector(".picked");
const fields = Object.fromEntries(["place", "at", "within"].map((name) => [name, form.elements[name]]));
const NEARBY = 50;
let map = null, circle = null;

// The question as it stands, about another place.
const about = (place) => {
  const asked = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && name !== "at"));
  asked.set("place", place.id);
  return `${form.action}?${asked}`;
};
const chosen = () => {
  const [latitude, longitude] = fields.at.value.split(",").map((part) => part.trim());
  return latitude && longitude && Number.isFinite(+latitude) && Number.isFinite(+longitude) ? L.latLng(+latitude, +longitude) : null;
};
const draw = () => {
  circle?.remove();
  const km = Number.parseFloat(fields.within.value) || NEARBY;
  const drawn = element.dataset.circle && fields.place.value ? JSON.parse(element.dataset.circle) : null;
  const at = chosen() ?? (drawn && L.latLng(drawn));
  circle = at && L.layerGroup([
    L.circle(at, { radius: 1000 * km, weight: 2, color: "#1d4e7a", fillOpacity: 0.08, interactive: false }),
    L.circleMarker(at, { radius: 4, weight: 2, color: "#1d4e7a", fillOpacity: 1, interactive: false }),
  ]).addTo(map);
  return at && at.toBounds(2000 * km);
};
const pick = (where) => {
  const at = where.wrap();
  fields.at.value = `${at.lat.toFixed(3)},${at.lng.toFixed(3)}`;
  fields.within.value ||= NEARBY;
  const was = fields.place.value;
  fields.place.value = "";
  draw();
  says.textContent = `Point ${fields.at.value}, within ${fields.within.value} km${was ? ", in place of the name" : ""}. Now ask.`;
};
const open = async () => {
  if (map || !box.open) return;
  map = "on its way";
  map = await start(element, (place) => told(place, about(place), `Ask about ${called(place)}`));
  const bounds = draw();
  if (bounds) map.fitBounds(bounds.pad(0.4), { animate: false });
  map.on("click", ({ latlng }) => pick(latlng));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== element) return;
    event.preventDefault(); // the form is not sent yet
    pick(map.getCenter());
  });
};

box.querySelector(".with-script").hidden = false;
box.addEventListener("toggle", open);
for (const name of ["at", "within"]) fields[name].addEventListener("change", () => map?.remove && draw());
// a name and a point exclude each other: the one that is given last counts
fields.place.addEventListener("input", () => {
  if (!fields.at.value) return;
  fields.at.value = says.textContent = "";
  if (map?.remove) draw();
});
open();
