// Checks credentials with two JavaScript implementations that are not ours; imports nothing of ours.
//
// Reads one JSON object from standard input: `served` (address -> text, all that a network would give),
// `contexts` (address -> JSON), `credentials` (name -> text). Prints name -> {bazaar, core, revoked}.
// Nothing leaves this process: an address that is not served does not exist.

import { readFileSync } from "node:fs";

console.log = console.error; // a library tells its troubles there; standard output is for the answer
const input = JSON.parse(readFileSync(0, "utf8"));

globalThis.fetch = async (request) => {
  const address = typeof request === "string" ? request : request.url ?? String(request);
  const text = input.served[address];
  if (text === undefined) return new Response("", { status: 404 });
  return new Response(text, { status: 200, headers: { "Content-Type": "application/json" } });
};

const vc = await import("@digitalbazaar/vc");
const { DataIntegrityProof } = await import("@digitalbazaar/data-integrity");
const { cryptosuite } = await import("@digitalbazaar/eddsa-rdfc-2022-cryptosuite");
const core = await import("@digitalcredentials/verifier-core");
const { gunzipSync } = await import("node:zlib");

const MULTIKEY = "https://w3id.org/security/multikey/v1";

function didDocument(did) {
  const host = decodeURIComponent(did.slice("did:web:".length));
  const text = input.served[`https://${host}/.well-known/did.json`];
  if (text === undefined) throw new Error(`nobody knows ${did}`);
  return JSON.parse(text);
}

async function documentLoader(address) {
  const found = (document) => ({ contextUrl: null, documentUrl: address, document });
  if (address in input.contexts) return found(input.contexts[address]);
  if (address.startsWith("did:web:")) {
    const [did, fragment] = address.split("#");
    const document = didDocument(did);
    if (fragment === undefined) return found(document);
    const method = document.verificationMethod.find((each) => each.id === address);
    if (method === undefined) throw new Error(`no key ${address}`);
    return found({ "@context": MULTIKEY, ...method });
  }
  throw new Error(`not served: ${address}`);
}

// JSON.parse keeps the last of two members of one name; a checker has to look by itself.
function parsed(text) {
  const seen = [];
  let twice = false;
  const pattern = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;
  let before = "";
  for (const [token] of text.matchAll(pattern)) {
    if (token === "{") seen.push(new Set());
    else if (token === "[") seen.push(null);
    else if (token === "}" || token === "]") seen.pop();
    else if (token === ":") {
      const names = seen.at(-1);
      if (names?.has(before)) twice = true;
      names?.add(before);
    }
    before = token;
  }
  if (twice) throw new Error("a member stands twice");
  return JSON.parse(text);
}

// One good proof among several satisfies the library, so each is checked alone, and one is asked for.
async function bazaar(text) {
  const credential = parsed(text);
  const proofs = [credential.proof ?? []].flat();
  if (proofs.length === 0) return false;
  if ((credential.issuer.id ?? credential.issuer) !== input.issuer) return false;
  for (const proof of proofs) {
    const result = await vc.verifyCredential({
      credential: { ...credential, proof },
      suite: new DataIntegrityProof({ cryptosuite }),
      documentLoader,
      checkStatus: async () => ({ verified: true }), // the status itself is looked at below
    });
    if (!result.verified) return false;
    if (proof.verificationMethod.split("#")[0] !== input.issuer) return false;
  }
  return true;
}

// The library answers `verified: true` for a revoked credential, so the bit is read here.
async function revoked(text) {
  const entry = parsed(text).credentialStatus;
  const list = input.served[entry?.statusListCredential];
  if (list === undefined) return null;
  const credential = JSON.parse(list);
  const result = await vc.verifyCredential({
    credential: { ...credential, proof: [credential.proof].flat()[0] },
    suite: new DataIntegrityProof({ cryptosuite }),
    documentLoader,
  });
  if (!result.verified) return null;
  const bits = gunzipSync(Buffer.from(credential.credentialSubject.encodedList.slice(1), "base64url"));
  const index = Number(entry.statusListIndex);
  return Boolean(bits[index >> 3] & (0x80 >> (index & 7)));
}

async function byCore(text) {
  const result = await core.verifyCredential({ credential: parsed(text), knownDIDRegistries: [] });
  const steps = Object.fromEntries((result.log ?? []).map((step) => [step.id, step.valid ?? false]));
  return {
    errors: (result.errors ?? []).map((each) => each.name),
    signature: steps.valid_signature ?? false,
    expiration: steps.expiration ?? null,
    revocation: steps.revocation_status ?? null,
  };
}

async function quietly(call, text, refused) {
  try {
    return await call(text);
  } catch (error) {
    if (process.env.WHY) console.error(error);
    return refused;
  }
}

const answers = {};
for (const [name, text] of Object.entries(input.credentials)) {
  answers[name] = {
    bazaar: await quietly(bazaar, text, false),
    core: await quietly(byCore, text, { signature: false }),
    revoked: await quietly(revoked, text, null),
  };
}
process.stdout.write(JSON.stringify(answers));
