"""The catalogues are in step with the texts in the code, and compiled."""

from __future__ import annotations

from .catalogues import TEMPLATE, as_text, brought_up_to_date, compiled, gathered, languages


def test_template_and_catalogues_are_in_step_with_the_code() -> None:
    template = gathered()
    assert TEMPLATE.read_text(encoding="utf-8") == as_text(template), "run make texts"
    for path in languages():
        catalogue = brought_up_to_date(path, template)
        assert path.read_text(encoding="utf-8") == as_text(catalogue), "run make texts"
        assert path.with_suffix(".mo").read_bytes() == compiled(catalogue), "run make texts"
