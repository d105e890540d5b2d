"""What the trigger form of the DAG `takedown` asks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class TakedownForm(BaseModel):
    """One takedown, as a person asks for it in Airflow. No text is typed in: Airflow would keep it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    article_ids: list[str] = Field([], description="The articles to take down, by id.")
    author_ids: list[str] = Field([], description="The authors all of whose articles are to go, by id.")
    text_uri: str = Field(
        "",
        description="An object with the text of an article, such as s3://bucket/request.txt: the articles that hold it "
        "go. The text itself is not typed in here, since Airflow would keep it.",
    )
    kept_models: dict[str, str] = Field(
        {},
        description="The trainings whose models are kept although they learnt from it, each with the reason; all "
        "others are to be trained again.",
    )
