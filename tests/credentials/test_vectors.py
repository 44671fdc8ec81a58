"""The W3C's own vectors of the suite, byte for byte, and the schema of Open Badges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.credentials.vc import canon, contexts, proof

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"
SUITE = VECTORS / "eddsa-rdfc-2022"
pytestmark = pytest.mark.skipif(
    not SUITE.is_dir(), reason="the standards' vectors lie in ../shared/vectors, which is not here"
)


def read(name):
    return (VECTORS / name).read_text(encoding="utf-8")


def loader(address, _options=None):
    """Load the contexts that the vectors name, of which some are not ours."""
    found = json.loads(read("contexts/index.json"))[address]
    document = json.loads(read(f"contexts/{found['file']}"))
    return {"contextUrl": None, "documentUrl": address, "document": document}


@pytest.fixture
def key():
    raw = proof.decoded(json.loads(read("keyPair.json"))["privateKeyMultibase"])
    return Ed25519PrivateKey.from_private_bytes(raw[2:])


def test_documents_and_options_are_canonical_as_the_standard_has_them():
    document = json.loads(read("unsigned.json"))
    options = json.loads((SUITE / "proofConfigDataInt.json").read_text())

    assert canon.canonical(document, loader) == (SUITE / "canonDocDataInt.txt").read_text()
    assert canon.canonical(options, loader) == (SUITE / "proofCanonDataInt.txt").read_text()


def test_the_hash_is_over_options_and_then_document():
    document = json.loads(read("unsigned.json"))
    options = json.loads((SUITE / "proofConfigDataInt.json").read_text())

    found = proof.hash_data(document, options, loader).hex()

    assert found == (SUITE / "combinedHashDataInt.txt").read_text().strip()
    assert found[64:] == (SUITE / "docHashDataInt.txt").read_text().strip()


def test_the_signature_is_the_one_of_the_standard(key):
    document = json.loads(read("unsigned.json"))
    options = json.loads((SUITE / "proofConfigDataInt.json").read_text())

    signature = key.sign(proof.hash_data(document, options, loader))

    assert signature.hex() == (SUITE / "sigHexDataInt.txt").read_text().strip()
    expected = json.loads((SUITE / "signedDataInt.json").read_text())["proof"]["proofValue"]
    assert proof.decoded(expected) == signature


def test_keys_are_written_as_the_standard_writes_them(key):
    public = json.loads(read("keyPair.json"))["publicKeyMultibase"]

    assert proof.multikey(key.public_key()) == public
    assert proof.public_key(public).public_bytes_raw() == key.public_key().public_bytes_raw()


def test_our_pinned_contexts_say_what_was_published():
    index = json.loads(read("contexts/index.json"))

    for address in contexts.PINNED:
        published = json.loads(read(f"contexts/{index[address]['file']}"))
        assert contexts.document(address) == published
