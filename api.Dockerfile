# syntax=docker/dockerfile:1
# Serves the models that `make train` left in the folder models/: `make api`.

ARG PYTHON=3.11.15-slim-trixie

FROM python:${PYTHON} AS build
ARG EXTRAS=encoder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY deploy/supply/hashes.txt deploy/supply/third_party.py ./
RUN --mount=type=cache,target=/root/.cache/pip \
    sed -n '/^pip==/,/[^\\]$/p' hashes.txt > pip.txt \
    && pip install --require-hashes --requirement pip.txt \
    && python -m venv --without-pip /venv
ENV PATH=/venv/bin:$PATH PIP_PYTHON=/venv/bin/python
COPY shared/pyproject.toml shared/
COPY intent-service/pyproject.toml intent-service/
RUN --mount=type=cache,target=/root/.cache/pip \
    python third_party.py ./shared "./intent-service[$EXTRAS]" > requirements.txt \
    && pip install --require-hashes --constraint hashes.txt --requirement requirements.txt
COPY shared shared
COPY intent-service intent-service
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --no-deps --build-constraint=hashes.txt ./shared ./intent-service

FROM python:${PYTHON}
RUN groupadd --gid 10001 flotilla \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin flotilla \
    && pip uninstall --yes --root-user-action ignore setuptools wheel pip
COPY --from=build /venv /venv
COPY --chown=10001:10001 models /models
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INTENT_MODEL_DIR=/models \
    INTENT_HOST=0.0.0.0 \
    INTENT_LOG_FORMAT=json
USER 10001:10001
EXPOSE 4002
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:4002/readyz', timeout=2)"]
CMD ["python", "-m", "intent"]
ARG PYTHON
ARG REVISION=unknown
LABEL org.opencontainers.image.title="flotilla-intent-api" \
    org.opencontainers.image.description="Serves the intent models that were trained here." \
    org.opencontainers.image.version="0.1.0" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.base.name="python:${PYTHON}"
