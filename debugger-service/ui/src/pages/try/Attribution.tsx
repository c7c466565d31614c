import { useState, type CSSProperties } from "react";
import type { Tried } from "@/api/behaviour";
import { Label } from "@/components/Label";
import { disarmed } from "@/components/UserText";
import { formatPercent } from "@/hooks/format";
import { LEAST, pieces, points, strength } from "./attributed";
import styles from "./Attribution.module.css";

interface Props {
  text: string;
  tried: Tried;
}

/** The text with the words marked that the answer rests on; who points at one sees how much. */
export function Attribution({ text, tried: { label, confidence, words } }: Props) {
  const [chosen, setChosen] = useState<number>();
  const word = chosen === undefined ? undefined : words[chosen];
  return (
    <section className="card" aria-labelledby="attribution">
      <h2 id="attribution">The words it rests on</h2>
      <p className={styles.text} dir="auto">
        {pieces(text, words).map((piece, place) =>
          piece.word === undefined ? (
            <span key={place}>{disarmed(piece.text)}</span>
          ) : (
            <button
              key={place}
              type="button"
              className={`${styles.word ?? ""} ${tone(piece.weight)}`}
              style={{ "--strength": strength(piece.weight, words) } as CSSProperties}
              aria-label={`${disarmed(piece.text)}: ${points(piece.weight)}`}
              onFocus={() => setChosen(piece.word)}
              onPointerEnter={() => setChosen(piece.word)}
            >
              {disarmed(piece.text)}
            </button>
          ),
        )}
      </p>
      <p className={`small ${styles.told ?? ""}`}>
        {word ? (
          <>
            Without <bdi className={styles.quoted}>{disarmed(word.text)}</bdi> the model is{" "}
            {formatPercent(Math.min(1, Math.max(0, confidence - word.weight)), 1)} sure of <Label>{label}</Label>, not{" "}
            {formatPercent(confidence, 1)}: <strong className="figures">{points(word.weight)}</strong>
          </>
        ) : words.every(({ weight }) => Math.abs(weight) < LEAST) ? (
          <span>No single word decides: without any one of them the model is as sure as before.</span>
        ) : (
          <span className="soft">Point at a word, or go there with Tab, for its number.</span>
        )}
      </p>
      <p className={`small soft ${styles.key ?? ""}`}>
        <span className={`${styles.sample ?? ""} ${styles.for ?? ""}`}>underlined</span> speaks for the class,{" "}
        <span className={`${styles.sample ?? ""} ${styles.against ?? ""}`}>dotted</span> against it. Each word was left
        out in turn.
      </p>
    </section>
  );
}

function tone(weight: number): string {
  if (Math.abs(weight) < LEAST) return "";
  return (weight > 0 ? styles.for : styles.against) ?? "";
}
