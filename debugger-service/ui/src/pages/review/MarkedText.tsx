import { useQuery } from "@tanstack/react-query";
import { useState, type CSSProperties } from "react";
import { attributionQuery } from "@/api/decisions";
import type { Row, Schemas } from "@/api/types";
import { Label } from "@/components/Label";
import { disarmed } from "@/components/UserText";
import { formatCount, formatPercent } from "@/hooks/format";
import { pieces, type Piece } from "./words";
import styles from "./MarkedText.module.css";

const LONG = 600;

/** The row's text with the words marked that speak for what the project's own model takes it for, and against it. */
export function MarkedText({ project, row }: { project: string; row: Row }) {
  const { data } = useQuery(attributionQuery(project, row.number));
  const isLong = row.text.length > LONG;
  const [whole, setWhole] = useState<number>();
  const isCut = isLong && whole !== row.number;
  const shown = isCut ? cut(row.text) : row.text;
  return (
    <div className={styles.block}>
      <p dir="auto" className={`${styles.text ?? ""} ${isLong ? (styles.long ?? "") : ""}`}>
        {pieces(shown, data?.words ?? []).map((piece, place) => (
          <Marked key={place} piece={piece} />
        ))}
        {isCut && "…"}
      </p>
      <div className={`small soft ${styles.note ?? ""}`}>
        {isLong && (
          <button type="button" className="link" onClick={() => setWhole(isCut ? row.number : undefined)}>
            {isCut ? `Show all ${formatCount(row.text.length)} characters` : "Show less"}
          </button>
        )}
        {data && <Legend answer={data} />}
      </div>
    </div>
  );
}

/** The beginning, without half of a sign that takes two of JavaScript's characters. */
const cut = (text: string) => text.slice(0, LONG).replace(/[\uD800-\uDBFF]$/, "");

function Marked({ piece: { text, weight } }: { piece: Piece }) {
  if (weight === 0) return disarmed(text);
  const style = { "--strength": Math.abs(weight) } as CSSProperties;
  return (
    <mark style={style} className={weight > 0 ? styles.for : styles.against}>
      {disarmed(text)}
    </mark>
  );
}

function Legend({ answer: { label, confidence } }: { answer: Schemas["AnswerOut"] }) {
  return (
    <span className={styles.legend}>
      words <mark className={styles.for}>for</mark> and <mark className={styles.against}>against</mark>
      <Label>{label}</Label>
      <span className="figures" title="By the project's own model, which knows the row if it has a label">
        {formatPercent(confidence)}
      </span>
    </span>
  );
}
