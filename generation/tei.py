"""The dialect of text-embeddings-inference from the server's side: /embed and its /info.

bytes of a body -> the vectors of its texts as JSON, or Rejected (a status and TEI's own words)

Fields, limits and messages follow TEI 1's router (its docs/openapi.json); a token of the rehearsal is four characters.
"""

import json
from typing import Any

from generation.tgi_requests import TOKEN, Rejected, tokens
from generation.vectors import SIZE, embedding

VERSION = "1.8.2"  # the TEI whose router is spoken
BATCH = 32  # texts of one request
INPUT = 512  # tokens of one text


def info(model: str, revision: str, requests: int) -> dict[str, Any]:
    """What `/info` answers where embeddings are served."""
    return {
        "model_id": model, "model_sha": revision, "model_dtype": "float32",
        "model_type": {"embedding": {"pooling": "cls"}}, "max_concurrent_requests": requests,
        "max_input_length": INPUT, "max_batch_tokens": 16384, "max_batch_requests": None,
        "max_client_batch_size": BATCH, "auto_truncate": False, "tokenization_workers": 1, "version": VERSION,
        "sha": None, "docker_label": None,
    }  # fmt: skip


def read(body: bytes) -> tuple[list[str], bool]:
    """The texts of a body of `/embed`, cut to the limit where it says `truncate`, and whether to normalise."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise Rejected(400, f"Failed to parse the request body as JSON: {problem}") from problem
    if not isinstance(said, dict) or "inputs" not in said:
        raise Rejected(422, "Failed to deserialize the JSON body into the target type: missing field `inputs`")
    inputs, truncate, normalize = said["inputs"], said.get("truncate", False), said.get("normalize", True)
    texts = [inputs] if isinstance(inputs, str) else inputs
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise Rejected(422, "Failed to deserialize the JSON body into the target type: inputs: of another type")
    if not isinstance(truncate, bool | None) or not isinstance(normalize, bool):
        raise Rejected(422, "Failed to deserialize the JSON body into the target type: expected a boolean")
    if not texts:
        raise Rejected(400, "`inputs` cannot be empty", "Empty")
    if len(texts) > BATCH:
        raise Rejected(413, f"batch size {len(texts)} > maximum allowed batch size {BATCH}", "Validation")
    for text in texts:
        if not text:
            raise Rejected(400, "`inputs` cannot be empty", "Empty")
        if tokens(text) > INPUT and not truncate:
            raise Rejected(413, f"`inputs` must have less than {INPUT} tokens. Given: {tokens(text)}", "Validation")
    return [text[: TOKEN * INPUT] for text in texts], normalize


def vectors(texts: list[str], normalize: bool) -> list[list[float]]:
    """One vector a text; those that are not normalised are as much longer as their text has tokens."""
    made = []
    for text in texts:
        scale = 1.0 if normalize else 1.0 + tokens(text)
        made.append([scale * x for x in embedding(text)])
    assert all(len(vector) == SIZE for vector in made)
    return made
