# syntax=docker/dockerfile:1
# Trains the intent classifier: `make train DATA=… ENCODER=…`. The data is mounted when it runs, and is in no layer.

ARG PYTHON=3.11.15-slim-trixie

FROM python:${PYTHON} AS build
ARG EXTRAS=training,search
# Where pip finds a CPU build of torch; without either it takes that of its default index, for Linux the one with CUDA.
ARG PIP_EXTRA_INDEX_URL
ARG PIP_FIND_LINKS
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY deploy/supply/hashes*.txt deploy/supply/third_party.py ./
RUN --mount=type=cache,target=/root/.cache/pip \
    sed -n '/^pip==/,/[^\\]$/p' hashes.txt > pip.txt \
    && pip install --require-hashes --requirement pip.txt \
    && python -m venv --without-pip /venv
ENV PATH=/venv/bin:$PATH PIP_PYTHON=/venv/bin/python
COPY shared/pyproject.toml shared/
COPY intent-service/pyproject.toml intent-service/
RUN --mount=type=cache,target=/root/.cache/pip \
    python third_party.py ./shared "./intent-service[$EXTRAS]" > requirements.txt \
    && cpu="$PIP_EXTRA_INDEX_URL$PIP_FIND_LINKS" \
    && pip install --require-hashes --constraint hashes.txt --constraint "hashes-torch${cpu:+-cpu}.txt" --requirement requirements.txt
COPY shared shared
COPY intent-service intent-service
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --no-deps --build-constraint=hashes.txt ./shared ./intent-service

FROM python:${PYTHON}
# The newest gnupg of this Debian, which keeps no other, opens encrypted data.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gnupg \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 flotilla \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin flotilla \
    && pip uninstall --yes --root-user-action ignore setuptools wheel pip
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp
USER 10001:10001
WORKDIR /tmp
HEALTHCHECK NONE
ENTRYPOINT ["python", "-m", "intent.training"]
CMD ["--help"]
ARG PYTHON
ARG REVISION=unknown
LABEL org.opencontainers.image.title="flotilla-intent-trainer" \
    org.opencontainers.image.description="Trains and judges intent models, then ends." \
    org.opencontainers.image.version="0.1.0" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.base.name="python:${PYTHON}"
