import type { Calibration } from "@/api/trend";
import { seriesColour } from "@/hooks/colours";
import { formatCount, formatPercent, plural } from "@/hooks/format";
import styles from "./Chart.module.css";
import { points, scale } from "./charts";

const SIDE = 330;
const EDGE = { left: 44, right: 10, top: 10, bottom: 40 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** How often a model is right beside how sure it is: on the dashed line both are the same. */
export function ReliabilityChart({ calibration: { bins, error, rows } }: { calibration: Calibration }) {
  const x = scale(0, 1, EDGE.left, SIDE - EDGE.right);
  const y = scale(0, 1, SIDE - EDGE.bottom, EDGE.top);
  return (
    <figure className={`${styles.figure ?? ""} ${styles.square ?? ""}`}>
      <p className="small">
        On average it is <strong className="figures">{(error.value * 100).toFixed(1)} points</strong> off{" "}
        <span className="soft">
          (likely {(error.low * 100).toFixed(1)} to {(error.high * 100).toFixed(1)}; {plural(rows, "row")})
        </span>
      </p>
      <svg viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label="How often right by how sure; the numbers are below.">
        {TICKS.map((tick) => (
          <g key={tick}>
            <line className={styles.grid} x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
            <line className={styles.grid} y1={y(0)} y2={y(1)} x1={x(tick)} x2={x(tick)} />
            <text className={styles.tick} x={x(0) - 6} y={y(tick) + 4} textAnchor="end">
              {formatPercent(tick)}
            </text>
            <text className={styles.tick} x={x(tick)} y={y(0) + 16} textAnchor={tick === 1 ? "end" : "middle"}>
              {formatPercent(tick)}
            </text>
          </g>
        ))}
        <text className={styles.tick} x={(x(0) + x(1)) / 2} y={SIDE - 6} textAnchor="middle">
          how sure →
        </text>
        <text className={styles.tick} x={x(0) + 6} y={y(1) + 14}>
          ↑ how often right
        </text>
        <line className={styles.ideal} x1={x(0)} x2={x(1)} y1={y(0)} y2={y(1)} />
        <g style={{ color: seriesColour(0) }}>
          <polyline
            className={styles.line}
            points={points(bins.map(({ confidence, accuracy }) => [x(confidence), y(accuracy.value)]))}
          />
          {bins.map(({ confidence, accuracy, rows: count }) => (
            <g key={confidence}>
              <title>{`${plural(count, "row")}: ${formatPercent(confidence)} sure, ${formatPercent(accuracy.value)} right`}</title>
              <line
                className={styles.interval}
                x1={x(confidence)}
                x2={x(confidence)}
                y1={y(accuracy.low)}
                y2={y(accuracy.high)}
              />
              <circle className={styles.dot} cx={x(confidence)} cy={y(accuracy.value)} r={4} />
            </g>
          ))}
        </g>
      </svg>
      <details>
        <summary className="small soft">As a table</summary>
        <table className="small figures">
          <thead>
            <tr>
              <th scope="col">Sure</th>
              <th scope="col">Right</th>
              <th scope="col">Likely</th>
              <th scope="col">Rows</th>
            </tr>
          </thead>
          <tbody>
            {bins.map(({ confidence, accuracy, rows: count }) => (
              <tr key={confidence}>
                <th scope="row">{formatPercent(confidence, 1)}</th>
                <td>{formatPercent(accuracy.value, 1)}</td>
                <td>
                  {formatPercent(accuracy.low)} – {formatPercent(accuracy.high)}
                </td>
                <td>{formatCount(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
