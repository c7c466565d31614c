# syntax=docker/dockerfile:1
# Serves the models that `make train` left in the folder models/: `make api`.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /source
COPY constraints.txt ./
COPY shared ./shared
COPY intent-service ./intent-service
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --constraint constraints.txt ./shared './intent-service[encoder]'

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin flotilla
COPY --from=build /venv /venv
COPY --chown=10001 models /models
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INTENT_MODEL_DIR=/models \
    INTENT_HOST=0.0.0.0 \
    INTENT_LOG_FORMAT=json
USER 10001
EXPOSE 4002
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:4002/readyz', timeout=2)"]
CMD ["python", "-m", "intent"]
