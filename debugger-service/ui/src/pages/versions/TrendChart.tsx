import { disarmed } from "@/components/UserText";
import { seriesColour } from "@/hooks/colours";
import { formatCount, formatMoment, formatPercent } from "@/hooks/format";
import { points, scale, shares } from "./charts";
import type { Point } from "./measurements";
import styles from "./Chart.module.css";

const WIDTH = 520;
const HEIGHT = 240;
const EDGE = { left: 44, right: 16, top: 12, bottom: 30 };
const MOST_TICKS = 12;
const SOURCES = [
  { id: "out_of_sample", title: "Models that have not seen the row", dash: undefined },
  { id: "served", title: "Model in use", dash: "6 4" },
] as const;

/** A figure after each analysis, with its interval. */
export function TrendChart({ measurements, title }: { measurements: readonly Point[]; title: string }) {
  if (!measurements.length) return <p className="soft">Nothing was measured of these rows.</p>;
  const { low, high, ticks } = shares(measurements.flatMap(({ measured }) => [measured.low, measured.high]));
  const y = scale(low, high, HEIGHT - EDGE.bottom, EDGE.top);
  const x = scale(-0.3, measurements.length - 0.7, EDGE.left, WIDTH - EDGE.right);
  const placed = measurements.map((point, place) => ({ ...point, x: x(place) }));
  const every = Math.ceil(placed.length / MOST_TICKS);
  const shown = SOURCES.filter(({ id }) => placed.some(({ source }) => source === id));
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title} over the versions; the numbers are below.`}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line className={styles.grid} x1={EDGE.left} x2={WIDTH - EDGE.right} y1={y(tick)} y2={y(tick)} />
            <text className={styles.tick} x={EDGE.left - 6} y={y(tick) + 4} textAnchor="end">
              {formatPercent(tick)}
            </text>
          </g>
        ))}
        {placed.map(
          ({ x: place, version }, index) =>
            index % every === 0 && (
              <text key={index} className={styles.tick} x={place} y={HEIGHT - 10} textAnchor="middle">
                v{version}
              </text>
            ),
        )}
        {shown.map(({ id, dash }, series) => {
          const own = placed.filter(({ source }) => source === id);
          return (
            <g key={id} style={{ color: seriesColour(series) }}>
              <polyline
                className={styles.line}
                strokeDasharray={dash}
                points={points(own.map(({ x: place, measured }) => [place, y(measured.value)]))}
              />
              {own.map(({ x: place, measured, at, version }) => (
                <g key={at}>
                  <title>{`Version ${version}: ${formatPercent(measured.value, 1)} (${formatMoment(at)})`}</title>
                  <line className={styles.interval} x1={place} x2={place} y1={y(measured.low)} y2={y(measured.high)} />
                  {id === "served" ? (
                    <rect className={styles.dot} x={place - 4.5} y={y(measured.value) - 4.5} width={9} height={9} />
                  ) : (
                    <circle className={styles.dot} cx={place} cy={y(measured.value)} r={5} />
                  )}
                </g>
              ))}
            </g>
          );
        })}
      </svg>
      <figcaption className={styles.legend}>
        {shown.map(({ id, title: name, dash }, series) => (
          <span key={id} className="small">
            <svg width="26" height="10" aria-hidden="true" style={{ color: seriesColour(series) }}>
              <line className={styles.line} x1="0" x2="26" y1="5" y2="5" strokeDasharray={dash} />
            </svg>{" "}
            {name}
          </span>
        ))}
      </figcaption>
      <details>
        <summary className="small soft">As a table</summary>
        <table className="small figures">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">When</th>
              <th scope="col">Model</th>
              <th scope="col">Rows</th>
              <th scope="col">{title}</th>
              <th scope="col">Likely</th>
            </tr>
          </thead>
          <tbody>
            {placed.map(({ at, version, source, model, rows, measured }) => (
              <tr key={at + source}>
                <th scope="row">{version}</th>
                <td>{formatMoment(at)}</td>
                <td>{model ? disarmed(model) : SOURCES.find(({ id }) => id === source)?.title}</td>
                <td>{formatCount(rows)}</td>
                <td>{formatPercent(measured.value, 1)}</td>
                <td>
                  {formatPercent(measured.low, 1)} – {formatPercent(measured.high, 1)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
