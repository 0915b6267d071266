"""How well texts are classed, measured on spreadsheets; the same code as behind the screens. Changes nothing."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import fmean
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.classify import Example, NothingToLearn, Told, cross_validate, tell, train
from portal.importing import BadFile
from portal.labelled import class_words, figures, read_examples


class Command(BaseCommand):
    help = "用有分类的表格检验自动分类：--train 学习、--test 检验，或 --folds 5 文件 做交叉检验。不改任何数据。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="交叉检验用的 xlsx 文件")
        parser.add_argument("--train", type=Path, metavar="A.xlsx", help="从这个表格学习")
        parser.add_argument("--test", type=Path, metavar="B.xlsx", help="用这个表格检验")
        parser.add_argument("--folds", type=int, metavar="N", help="交叉检验分成几份，每份轮流不参加学习")
        parser.add_argument("--seeds", type=int, default=3, metavar="N", help="交叉检验换几种分法取平均，默认 3")
        parser.add_argument("--map", action="append", default=[], metavar="列名=字段", help="列名不同时指明")
        parser.add_argument("--no-words", action="store_true", help="不用 words.csv 里各类自己的词，只看例子")
        parser.add_argument("--json", action="store_true", help="按 JSON 输出")

    def handle(self, **options: Any) -> None:
        began = time.monotonic()
        words = None if options["no_words"] else class_words()
        self.mapping = {column: field for column, _sign, field in (text.partition("=") for text in options["map"])}
        try:
            if options["train"] and options["test"] and not options["file"]:
                result = self._test(options["train"], options["test"], words)
            elif options["file"] and options["folds"] and not options["train"]:
                result = self._cross(options["file"], options["folds"], options["seeds"], words)
            else:
                raise CommandError("请写 --train 学习表.xlsx --test 检验表.xlsx，或 --folds 5 表.xlsx。", returncode=2)
        except (BadFile, NothingToLearn) as reason:
            raise CommandError(str(reason), returncode=2) from None
        result["seconds"] = round(time.monotonic() - began, 1)
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) if options["json"] else _sentences(result))

    def _test(self, train_file: Path, test_file: Path, words: Any) -> dict[str, Any]:
        examples, asked = read_examples(train_file, self.mapping), read_examples(test_file, self.mapping)
        model = train(examples, words)
        unseen = sorted({example.label for example in asked} - set(model.labels))
        facts = {"train": train_file.name, "test": test_file.name, "train_rows": len(examples), "test_rows": len(asked)}
        return facts | figures(tell(model, asked)) | {"unseen_labels": unseen}

    def _cross(self, file: Path, folds: int, seeds: int, words: Any) -> dict[str, Any]:
        examples = read_examples(file, self.mapping)
        if not 2 <= folds <= len(examples) or not 1 <= seeds <= 50:
            raise CommandError(f"--folds 要在 2 和行数 {len(examples)} 之间，--seeds 要在 1 和 50 之间。", returncode=2)
        rounds = [self._round(examples, folds, seed, words) for seed in range(seeds)]
        each = [figures(told) for told in rounds]
        by_seed = [{"seed": seed, "accuracy": one["accuracy"], "top2": one["top2"]} for seed, one in enumerate(each)]
        pooled = figures([one for told in rounds for one in told])
        pooled |= {name: round(fmean(one[name] for one in each), 4) for name in ("accuracy", "top2")}
        return {"file": file.name, "examples": len(examples), "folds": folds, "seeds": by_seed} | pooled

    def _round(self, examples: list[Example], folds: int, seed: int, words: Any) -> list[Told]:
        return cross_validate(examples, words, folds, seed)


def _sentences(result: dict[str, Any]) -> str:
    lines = [f"首选说对 {result['accuracy']:.1%}，前两个里有对的 {result['top2']:.1%}（{result['rows']:,} 次判断）。"]
    for row in result["classes"]:
        lines.append(f"  {row['label']}：{row['rows']} 条，首选找回 {row['recall']:.0%}，前两个 {row['top2']:.0%}")
    for row in result["confidence"]:
        if row["rows"]:
            lines.append(f"  说“{row['word']}”的 {row['rows']} 条里，首选说对 {row['accuracy']:.0%}")
    lines.append(f"把握程度的平均偏差 {result['calibration_error']:.1%}，用时 {result['seconds']} 秒。")
    return "\n".join(lines)
