// Checks the text of the larger code with the browser's own Ed25519; sends it nowhere.
//
// The form of the text and the order of its fields stand in docs/credentials.md. Shown is what stands
// in the page already, hidden: no text is made here but the facts of the certificate.

const DOMAIN = new TextEncoder().encode("SkillHub certificate 1\n");
const FIELDS = [
  "host", "key", "public_id", "number", "name", "identity_last4", "course", "starts_on", "ends_on", "body",
  "issued_on", "trade", "level_name", "batch", "hours", "theory_hours", "practice_hours", "theory", "practice",
];
const DATES = ["starts_on", "ends_on", "issued_on"];
const LONGEST = 4000;
const find = (id) => document.getElementById(id);

function bytes(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new Error("no base64url");
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  if (btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") !== text) {
    throw new Error("not the one spelling");
  }
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function parsed(text) {
  const parts = text.trim().split("#").at(-1).split(".");
  if (parts.length !== 3 || parts[0] !== "SH1" || text.length > LONGEST) return null;
  try {
    const [payload, signature] = [bytes(parts[1]), bytes(parts[2])];
    const values = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    const isOurs = Array.isArray(values) && values.length === FIELDS.length
      && values.every((each) => typeof each === "string");
    if (!isOurs) return null;
    const facts = Object.fromEntries(FIELDS.map((name, place) => [name, values[place]]));
    const isDated = DATES.every((name) => /^\d{4}-\d{2}-\d{2}$/.test(facts[name]));
    return isDated ? { payload, signature, facts } : null;
  } catch {
    return null;
  }
}

async function opened(raw) {
  try {
    return await crypto.subtle.importKey("raw", bytes(raw), { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return null;
  }
}

// Returns which of the page's answers holds: "unable", "unknown", "foreign", "altered" or "good".
async function judged(found) {
  const known = await fetch("keys.json").then((answer) => answer.json()).catch(() => null);
  if (known === null) return "unknown";
  if (found === null) return "altered";
  if (found.facts.host !== known.host) return "foreign";
  const raw = Object.hasOwn(known.keys, found.facts.key) ? known.keys[found.facts.key] : null;
  if (raw === null) return "altered";
  const key = globalThis.crypto?.subtle ? await opened(raw) : null;
  if (key === null) return "unable";
  const signed = new Uint8Array([...DOMAIN, ...found.payload]);
  const isGood = await crypto.subtle.verify({ name: "Ed25519" }, key, found.signature, signed);
  return isGood ? "good" : "altered";
}

// Writes a day as the page's language does, after the pattern that the page holds.
function day(text) {
  const { pattern, months } = find("facts").dataset;
  const [year, month, date] = text.split("-").map(Number);
  const name = months.split(" ")[month - 1];
  return pattern.replace("{year}", year).replace("{month}", name).replace("{day}", date);
}

function told(facts) {
  return DATES.reduce((all, name) => ({ ...all, [name]: day(facts[name]) }), { ...facts });
}

function fillIn(facts) {
  const values = told(facts);
  for (const row of document.querySelectorAll("#facts [data-fact]")) {
    const words = row.dataset.fact.split("|").map((each) => filled(each, values)).filter(Boolean);
    row.textContent = words.join("　");
    row.hidden = row.previousElementSibling.hidden = words.length === 0;
  }
  find("host").textContent = facts.host;
}

// Returns a pattern with its facts, nothing where one of them is empty.
function filled(pattern, values) {
  const names = [...pattern.matchAll(/{(\w+)}/g)].map((each) => each[1]);
  if (names.some((name) => values[name] === "")) return "";
  return pattern.replace(/{(\w+)}/g, (_, name) => values[name]);
}

function today() {
  const china = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" });
  return china.format(new Date());
}

async function check(event) {
  event.preventDefault();
  for (const each of document.querySelectorAll("[data-answer]")) each.hidden = true;
  const found = parsed(find("code").value);
  const answer = await judged(found);
  if (answer === "good") {
    fillIn(found.facts);
    const isBegun = found.facts.issued_on <= today();
    find("begun").hidden = !isBegun;
    find("coming").hidden = isBegun;
  }
  const shown = document.querySelector(`[data-answer="${answer}"]`);
  shown.hidden = false;
  shown.focus();
}

find("form").addEventListener("submit", check);
find("form").hidden = false;
const given = decodeURIComponent(location.hash.slice(1));
if (given) {
  find("code").value = given;
  find("form").requestSubmit();
}
