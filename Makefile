# One command each; see README.md.
PYTHON ?= $(shell command -v python3.13 || command -v python3.12 || command -v python3 || command -v python)
VENV := .venv/bin
PORT ?= 8000
SRC := config portal projects monitors voting home
PYTEST := $(VENV)/python -m pytest

.PHONY: help run reset real install test check e2e bench lock format

help:
	@echo "make run     启动演示（PORT=8001 换端口）    make reset   清空演示数据重新开始"
	@echo "make real DIR=表格目录   用真实留言启动       make test    全部测试"
	@echo "make check   格式、类型、结构检查             make e2e     浏览器测试"
	@echo "make bench   在真实留言上测量，QUICK=1 只测小样"

run: python-found
	@$(PYTHON) deploy/local.py run --port $(PORT)

real: python-found
	@$(PYTHON) deploy/local.py real --port $(PORT) --data "$(DIR)"

reset: python-found
	@$(PYTHON) deploy/local.py reset

install: python-found
	@$(PYTHON) deploy/local.py install --dev

python-found:
	@test -n "$(PYTHON)" || { echo "没有找到 Python。请先安装 Python 3.12 或更新版本。"; exit 1; }

test: install
	$(PYTEST) -n 2 -m "not e2e"

e2e: install
	$(PYTEST) -n 2 -m e2e

# DIR= the real messages; QUICK=1 for a short run; DATABASE_URL chooses the database.
bench: install
	$(VENV)/python bench/run.py "$(or $(DIR),../shared/data/real)" $(if $(QUICK),--quick)

check: install
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/python deploy/check_templates.py
	$(VENV)/mypy $(SRC)
	$(VENV)/lint-imports
	$(VENV)/python manage.py makemigrations --check --dry-run --settings config.settings.test

format: install
	$(VENV)/ruff check --fix-only -q .
	$(VENV)/ruff format .

# Pins with hashes and without addresses; run after editing pyproject.toml.
lock:
	uv pip compile pyproject.toml --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.12 -o requirements.txt
	uv pip compile --group dev -c requirements.txt --generate-hashes --universal --no-emit-index-url --no-header --python-version 3.12 -o requirements-dev.txt
