"""What the pages say of the kinds of instruction, and of quotes that point back."""

from __future__ import annotations

from urllib.parse import urlencode

from ownvoice.reports.report import write_report
from ownvoice.storage.lake import scan
from stand_ins.night import RECIPE, Night

TEXT = " ".join(
    f"But when Ada opened box {number} of the letters, she found {number + 40} stamps in it, and nobody could say who "
    "had put them there or why they had been kept."
    for number in range(10)
)


def test_a_refresh_counts_its_pairs_by_kind_and_a_pair_names_its_own(lake, tmp_path, offline_model, get):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.put("a", TEXT)
    night.run("one", recipe=RECIPE.model_copy(update={"prompt_version": "3"}))
    write_report(lake, "one")
    (pair, *_) = [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    refresh = get(lake, "/refresh?run_id=one").text
    assert f" {pair['instruction_kind']}" in refresh.partition("by kind of instruction:")[2].partition("</p>")[0]
    address = {"version": 1, "date": pair["refresh_date"], "pair_id": pair["pair_id"]}
    page = get(lake, f"/pair?{urlencode(address)}").text
    assert f"<dt>instruction kind</dt><dd><code>{pair['instruction_kind']}</code></dd>" in page
    assert "points back at what stood before it" in page
