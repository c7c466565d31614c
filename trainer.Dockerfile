# syntax=docker/dockerfile:1
# Trains the intent classifier: `make train DATA=… ENCODER=…`. The data is mounted when it runs, and is in no layer.

FROM python:3.11-slim
RUN apt-get update && apt-get install --yes --no-install-recommends gnupg && rm -rf /var/lib/apt/lists/*
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONUNBUFFERED=1
RUN python -m venv /venv && useradd --uid 10001 --create-home --shell /usr/sbin/nologin flotilla
ENV PATH=/venv/bin:$PATH
WORKDIR /source
COPY constraints.txt ./
COPY shared ./shared
COPY intent-service ./intent-service
ARG EXTRAS=training,search
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --constraint constraints.txt ./shared "./intent-service[$EXTRAS]"
USER 10001
WORKDIR /tmp
ENTRYPOINT ["python", "-m", "intent.training"]
