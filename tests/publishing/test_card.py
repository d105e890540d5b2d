"""The card, its picture and the file that is read range by range: pure parts of publishing."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.errors import BadDataError
from ownvoice.evaluation.stored import write_style
from ownvoice.evaluation.style_report import Copying, StyleReport, SubjectStyle
from ownvoice.publishing.local_chat import llama_cpp_command, ollama_command
from ownvoice.publishing.promotion import Check, Outcome, Rival
from ownvoice.publishing.provenance import read_block, training_rows
from ownvoice.publishing.publish import draft
from ownvoice.storage.streamed import open_object
from ownvoice.style.bootstrap import Interval
from ownvoice.style.description import describe
from ownvoice.style.distances import Measured
from ownvoice.style.log_odds import OverUsed
from ownvoice.training.metric_rows import points_of
from ownvoice.training.metrics import optional_panels, panels
from ownvoice.training.results.curves import curves_svg
from stand_ins.trained import curves

STYLE = StyleReport(
    run_id="run-1",
    dataset_version=1,
    author_id="ann` |\nbob",
    judged=True,
    prompts=60,
    articles=12,
    subjects=(
        SubjectStyle(
            name="trained",
            answers=60,
            score=0.7,
            above_base=Interval(0.5, 0.4, 0.6),
            cosine_delta=Measured(0.11, 0.1, 1.1, "author"),
            over_used=(OverUsed("up`on|", 5.0, 7, 0, 10.0, 0.0, 3),),
            copying=Copying(share=0.04, longest_run_words=12),
            nats_per_token=2.4,
            description=describe(["Because so."]),
        ),
    ),
)
SVG = "{http://www.w3.org/2000/svg}"


def test_the_card_names_base_version_and_digest_where_the_hub_looks_for_them(trained, lake):
    trained()
    card = draft(lake, "run-1", "llama3.1").card
    front_matter = yaml.safe_load(card.split("---")[1])
    assert front_matter["base_model"] == "mlabonne/TwinLlama-3.1-8B"
    assert front_matter["license"] == "llama3.1"
    result = lake.read_json("runs/run-1/result.json")
    assert result["dataset"]["digest"] in card
    assert result["base"]["commit"] in card
    assert "![" in card
    assert "## Health: pass" in card


def test_the_card_says_what_the_health_rules_found_in_curves_and_merge(trained, lake):
    trained(kind="spike", kept_least=0.1)
    card = draft(lake, "run-1").card
    assert "## Health: warn" in card
    assert "- **warn** (gradient_spikes): the gradient norm spikes" in card
    assert "- **warn** (rounded_away): rounding to float16 kept 10% of the change" in card


def test_the_card_says_how_near_the_model_is_to_the_author(trained, lake):
    trained()
    assert "## Style" not in draft(lake, "run-1").card
    write_style(lake, "run-1", STYLE, [])
    card = draft(lake, "run-1").card
    assert "| trained | 60 | 0.70 | +0.50 [+0.40, +0.60] | 1.10 | – | 4% | 2 | 2.40 |" in card
    assert "`up'on/` 7 (0)" in card
    assert "articles of `ann' / bob`" in card, "what others wrote stays in its line"


def test_the_card_says_why_a_style_was_not_judged_and_goes_on_without_a_damaged_one(trained, lake):
    trained()
    not_judged = StyleReport(run_id="run-1", dataset_version=1, author_id="ann", judged=False, why_not="too few.")
    write_style(lake, "run-1", not_judged, [])
    assert "## Style\n\nNot judged: too few." in draft(lake, "run-1").card
    lake.store.write("runs/run-1/style.json", b"{")
    assert "## Style" not in draft(lake, "run-1").card


def test_the_result_of_an_older_release_with_its_style_numbers_is_still_read(trained, lake):
    trained()
    result = lake.read_json("runs/run-1/result.json")
    card = draft(lake, "run-1").card
    older = {"author": {"words": 3, "words_per_sentence": 3.0}, "base": {"words": 2}, "trained": {"words": 3}}
    lake.write_json("runs/run-1/result.json", result | {"style": older})
    assert draft(lake, "run-1").card == card


def test_what_is_not_known_is_left_out_of_the_card(trained, lake):
    run = trained()
    result = lake.read_json("runs/run-1/result.json")
    lake.write_json("runs/run-1/result.json", result | {"base": {"name": "lake:models/toy", "commit": "sha256:0"}})
    front_matter = yaml.safe_load(draft(lake, run.run_id).card.split("---")[1])
    assert not {"base_model", "license"} & front_matter.keys()


def test_the_same_run_gives_the_same_card(trained, lake):
    trained()
    assert draft(lake, "run-1").card == draft(lake, "run-1").card


def test_a_record_of_another_lake_or_of_changed_rows_is_refused(trained, lake):
    trained()
    record = read_block(draft(lake, "run-1").card)
    record.rows.left_out.clear()
    with pytest.raises(BadDataError, match="does not give the rows of this card"):
        training_rows(lake, record)


def test_a_run_that_does_not_say_which_rows_it_left_out_gets_no_card(trained, lake):
    trained()
    result = lake.read_json("runs/run-1/result.json")
    lake.write_json("runs/run-1/result.json", result | {"left_out_pair_ids": {"train": [], "test": []}})
    with pytest.raises(BadDataError, match="Train it again"):
        draft(lake, "run-1")


def test_a_card_without_a_record_says_so():
    with pytest.raises(BadDataError, match="holds no Ownvoice record"):
        read_block("# A model\n\n```json\n{}\n```\n")


def test_every_panel_is_drawn_and_every_series_has_its_points():
    picture = ET.fromstring(curves_svg(curves("good")))
    assert [text.text for text in picture.iter(f"{SVG}text") if text.get("font-weight")] == [
        title for title in panels() if title not in optional_panels()
    ]
    lines = list(picture.iter(f"{SVG}polyline"))
    drawn = [name for series in panels().values() for name in series if points_of(curves("good"), name)]
    assert len(lines) == len(drawn)
    assert len(lines[0].get("points").split()) == 20


@given(
    st.lists(
        st.fixed_dictionaries(
            {"step": st.integers(0, 10**6), "loss": st.floats() | st.sampled_from(["nan", "-inf", ""])}
        )
    )
)
def test_any_numbers_make_a_picture_that_parses(metrics):
    ET.fromstring(curves_svg(metrics))


def test_an_object_is_read_in_ranges_and_can_be_rewound(lake):
    data = bytes(range(256)) * 40_000  # more than two buffers
    lake.store.write("large", data)
    (stored,) = [one for one in lake.store.objects() if one.key == "large"]
    with open_object(lake.store, stored) as file:
        assert hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(data).digest()
        assert file.tell() == len(data)
        file.seek(5_000_000)
        assert file.read(10) == data[5_000_000:5_000_010]
        file.seek(-3, 2)
        assert file.read() == data[-3:]


def test_the_card_says_over_whom_and_by_what_numbers_it_was_promoted(trained, lake):
    run = trained()
    assert "## Promotion" not in draft(lake, "run-1").card
    checks = (
        Check(name="style_score", value=0.1, above=0, sentence="style_score is +0.2 | [+0.1, +0.3]"),
        Check(name="copying", value=None, sentence="how much it copies was not measured"),
    )
    rival = Rival(run_id="run-0", move=2)
    outcome = Outcome(run_id="run-1", repo_id="ann/voice", measure="style_score", rival=rival, checks=checks)
    lake.write_json(run.keys.promotion, outcome.model_dump(mode="json"))
    card = draft(lake, "run-1").card
    assert "## Promotion: not promoted" in card
    assert "against the champion, run run-0" in card
    assert "| style_score | 0.100 | above 0 | held |" in card
    assert "| copying | not measured |  | failed |" in card
    lake.store.write(run.keys.promotion, b"{")
    assert "## Promotion" not in draft(lake, "run-1").card


def test_the_card_shows_one_command_for_ollama_and_one_for_llama_cpp(trained, lake):
    trained()
    card = draft(lake, "run-1").card
    section = card.split("## Try it")[1].split("\n## ")[0]
    ollama, llama_cpp = (block.split("\n```")[0] for block in section.split("```sh\n")[1:])
    assert ollama == ollama_command("ann/voice", "run-1", "alpaca")
    assert llama_cpp == llama_cpp_command("ann/voice", "run-1", "alpaca")
