// Leaflet over outlines that lie beside this file: no tile, no request that leaves the machine.
const base = new URL("vendor/", import.meta.url);
// Outlines that cross the antimeridian jump from 180 to -180 degrees: carry the part beyond on, past 180.
const carried = (ring) => {
  let shift = 0;
  return ring.map(([longitude, latitude], n) => {
    const jump = n ? longitude - ring[n - 1][0] : 0;
    if (jump > 180) shift -= 360;
    else if (jump < -180) shift += 360;
    return [longitude + shift, latitude];
  });
};
const unbroken = (collection) => {
  for (const { geometry } of collection.features) {
    if (geometry?.type === "Polygon") geometry.coordinates = geometry.coordinates.map(carried);
    else if (geometry?.type === "MultiPolygon") geometry.coordinates = geometry.coordinates.map((polygon) => polygon.map(carried));
  }
  return collection;
};
const radius = (size) => 4 + 2.2 * Math.log2(1 + size);
// Places close together are one mark with their claims; what lies inside another of them is counted there already.
const total = (marks) => {
  const places = marks.map((mark) => mark.feature.properties);
  const here = new Set(places.map((place) => place.id));
  return places.filter((place) => !place.within.some((id) => here.has(id))).reduce((sum, place) => sum + place.size, 0);
};
const together = (cluster) => {
  const size = total(cluster.getAllChildMarkers());
  const side = Math.round(Math.max(24, 2 * radius(size)));
  const count = document.createElement("span");
  count.textContent = said(size);
  return L.divIcon({ html: count, className: "cluster", iconSize: [side, side] });
};
export const called = ({ name, country_name: country }) => (country && country !== name ? `${name}, ${country}` : name);
const leads = (place, base) => told(place, `${base}${tilde(place.id)}`, called(place));
// What a popup says of a place, under a link.
export const told = ({ claims, figures, demands, statements, illustrative }, href, words) => {
  const link = Object.assign(document.createElement("a"), { href, textContent: words });
  const box = document.createElement("div");
  box.append(link, document.createElement("br"), `${said(claims)} claims, ${said(figures)} figures, ${said(demands)} demands`);
  if (illustrative) {
    const kind = document.createElement("span");
    kind.className = "kind illustrative";
    kind.textContent = "illustrative";
    box.append(document.createElement("br"), `${said(statements)} statements, ${illustrative === statements ? "all" : `${said(illustrative)} of them`} `, kind);
  }
  return box;
};
// Draws a map; `popup` says what the popup of a place holds.
export const start = async (element, popup = leads) => {
  const { latitude, longitude, zoom } = element.dataset;
  const map = L.map(element, { worldCopyJump: true, minZoom: 1, maxZoom: 12, attributionControl: true, scrollWheelZoom: "wheel" in element.dataset });
  map.attributionControl.setPrefix(false).addAttribution("Natural Earth, GeoNames");
  const world = await (await fetch(new URL("world-atlas/countries-50m.json", base))).json();
  L.geoJSON(unbroken(topojson.feature(world, world.objects.countries)), {
    interactive: false,
    style: { color: "#9aa5b1", weight: 0.8, fillColor: "#f3f1ea", fillOpacity: 1 },
  }).addTo(map);
  const places = await (await fetch(element.dataset.places)).json();
  const circles = L.geoJSON(places, {
    pointToLayer: (feature, at) =>
      L.circleMarker(at, { radius: radius(feature.properties.size), weight: 1, color: "#7a2e1d", fillColor: "#c8553d", fillOpacity: 0.55 }),
    onEachFeature: (feature, layer) => layer.bindPopup(() => popup(feature.properties, element.dataset.base), { autoPanPaddingTopLeft: [56, 8] }).bindTooltip(feature.properties.name),
  });
  const groups = L.markerClusterGroup({ iconCreateFunction: together, maxClusterRadius: 34, showCoverageOnHover: false, animate: false });
  groups.addLayer(circles).addTo(map);
  groups.on("clustermouseover", ({ layer }) => {
    const names = layer.getAllChildMarkers().map((mark) => mark.feature.properties).sort((a, b) => b.size - a.size).map((one) => one.name);
    layer.bindTooltip(names.slice(0, 6).join(", ") + (names.length > 6 ? ` and ${said(names.length - 6)} more` : "")).openTooltip();
  });
  if (latitude) {
    map.setView([Number(latitude), Number(longitude)], Number(zoom));
    L.circleMarker([Number(latitude), Number(longitude)], { radius: 9, weight: 3, color: "#1d4e7a", fill: false, interactive: false }).addTo(map);
  } else if (places.features.length) map.fitBounds(circles.getBounds().pad(0.02));
  else map.setView([20, 20], 2);
  element.dataset.ready = "yes";
  return map;
};
const said = (count) => count.toLocaleString("en");
// Datasette's encoding of ids in addresses
const tilde = (id) => [...new TextEncoder().encode(id)].map((byte) => {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9_-]/.test(character) ? character : character === " " ? "+" : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}).join("");
// a module runs after the deferred scripts above it and after the page is parsed
document.querySelectorAll(".map:not(.pick)").forEach((element) => start(element));
