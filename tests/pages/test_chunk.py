"""One chunk of a refresh, with what was answered."""

from __future__ import annotations

from ownvoice.config.run import recorded_run
from ownvoice.llm.outcomes import read_outcomes
from ownvoice.pages.chunk import chunk_page
from ownvoice.reports.report import write_report
from stand_ins.night import RECIPE, Night


def test_answers_are_read_as_their_prompt_version_reads_them(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.list_and_plan("one", recipe=RECIPE.model_copy(update={"prompt_version": "2"}))
    night.generate("one")
    key = f"answers/{read_outcomes(lake, recorded_run(lake, 'one'), 'batch-0000')['a', 0]['request_key']}/1.json"
    record = lake.read_json(key)
    message = record["response"]["choices"][0]["message"]
    message["content"] = message["content"].replace('"kind"', '"sort"')  # an answer to version 1 may name no kind
    lake.write_json(key, record)
    night.generate("one")
    night.commit("one")
    write_report(lake, "one")
    page = chunk_page(lake, "one", "a", 0)
    tried = [one["result"] for one in page["chunk"]["tries"]]
    assert len(tried) == 2
    assert [one.fault or "answered" for one in page["answers"]] == tried
