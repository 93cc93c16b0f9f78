"""Images that are wrong are refused where they are written."""

from __future__ import annotations

import pytest

from compiler import Image, ImageSpec
from literals import DrawloomError

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize("text", [f"r/i:v1@{DIGEST}", f"localhost:30000/r/i:v1@{DIGEST}", f"i:v1@{DIGEST}"])
def test_an_image_has_a_tag_or_a_digest_and_not_both(text):
    with pytest.raises(DrawloomError, match="both a tag and a digest"):
        Image.look_up_image_info("x", text)
    alone = text.replace(":v1", "")
    assert Image.look_up_image_info("x", alone).full == alone


@pytest.mark.parametrize("env", [{"a": 1}, {1: "a"}, {"a": None}, ["a=1"]])
def test_variables_of_an_image_are_texts(env):
    with pytest.raises(DrawloomError, match="env is not a dict"):
        ImageSpec(env=env)
