"""Learns which topic and which unit suggestions go to. Writes models only: what people have decided stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.classify import Classifier, Example, NothingToLearn, train
from portal.importing import HEADS, LABELS, BadFile
from portal.labelled import read_examples
from portal.models import LearnedModel, Topic
from portal.proposals import (
    FEWEST,
    accepted_topics,
    learn_topics,
    past_assignments,
    usual_unit_share,
    words_share,
)

Kind = LearnedModel.Kind


class Command(BaseCommand):
    help = "从改革办受理时定的领域和以往的转办学习，供初审和拟定去向时提示。可反复运行，不改任何已定的事。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="file", type=Path, metavar="FILE.xlsx", help="另外从一个有分类的表格学习")
        parser.add_argument(
            "--map", nargs="+", action="extend", default=[], metavar="类别=领域",
            help="表里的类别对应哪个领域，例如 环境保护=ecology 或 环境保护=微生态；列名不同时写 列名=字段",
        )  # fmt: skip

    def handle(self, *, file: Path | None, **options: Any) -> None:
        if options["map"] and not file:
            raise CommandError("--map 要和 --from 表.xlsx 一起用。", returncode=2)
        try:
            brought = self._brought(file, options["map"]) if file else []
            self._topics(brought, file.name if file else "")
            self._units()
        except (BadFile, NothingToLearn) as reason:
            raise CommandError(str(reason), returncode=2) from None

    def _brought(self, file: Path, pairs: list[str]) -> list[Example]:
        """The file's rows under our topics; rows of a class that means none of them are left out and counted."""
        slugs = {topic.slug: topic.slug for topic in Topic.objects.all()}
        slugs |= {topic.name: topic.slug for topic in Topic.objects.all()}
        classes, columns = LABELS | {name: name for name in slugs}, {}
        for pair in pairs:
            left, sign, right = (part.strip() for part in pair.partition("="))
            if sign and right in HEADS:
                columns[left] = right
            elif sign and right in slugs:
                classes[left] = right
            else:
                raise CommandError(
                    f"--map 要写成“类别=领域”，领域可写：{'、'.join(slugs)}。收到的是“{pair}”。", returncode=2
                )
        examples = read_examples(file, columns)
        known = [one._replace(label=slugs.get(classes.get(one.label, ""), "")) for one in examples]
        used = [one for one in known if one.label]
        if not used:
            raise BadFile(f"{file.name} 里的类别都没有对应的领域，请用 --map 类别=领域 指明。")
        if len(used) < len(examples):
            left_out = sorted({one.label for one, new in zip(examples, known, strict=True) if not new.label})
            self.stdout.write(
                f"{len(examples) - len(used):,} 行的类别没有对应的领域，没有用：{'、'.join(left_out[:10])}。"
            )
        return used

    def _topics(self, brought: list[Example], name: str) -> None:
        own = list(accepted_topics())
        examples = [*own, *brought]
        if len(examples) < FEWEST:
            self.stdout.write(f"领域：已受理的例子只有 {len(own):,} 条，不到 {FEWEST} 条，先不学，照旧按关键词提示。")
            return
        source = "，".join(
            filter(None, [f"受理时定的 {len(own):,} 条" if own else "", name and f"{name} {len(brought):,} 条"])
        )
        self._keep(Kind.TOPIC, learn_topics(examples), len(examples), source, words_share(examples))

    def _units(self) -> None:
        examples = list(past_assignments())
        units = {one.label for one in examples}
        if len(examples) < FEWEST or len(units) < 2:
            self.stdout.write("责任单位：以往的转办太少，先不学，照旧提示领域通常的责任单位。")
            return
        self._keep(
            Kind.UNIT,
            train(examples),
            len(examples),
            f"以往转办 {len(examples):,} 件，{len(units)} 个单位",
            usual_unit_share(),
        )

    def _keep(self, kind: str, model: Classifier, count: int, source: str, without: float) -> None:
        """Put the model into use, unless the proposals without it are right more often."""
        right, asked = model.held_out
        name = Kind(kind).label
        tested = f"留出检验 {asked:,} 条，首选说对 {right / (asked or 1):.0%}（不学时 {without:.0%}）。"
        if asked and right / asked < without:
            self.stdout.write(f"{name}：{tested}还不如不学，没有换用。")
            return
        LearnedModel.objects.keep(kind, model, examples=count, source=source)
        self.stdout.write(f"{name}：学了 {count:,} 条（{source}）。{tested}")
