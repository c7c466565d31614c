import { useState } from "react";
import type { ColourMeaning } from "@/api/map_file";
import { later } from "@/components/later";
import { disarmed } from "@/components/UserText";
import { seriesColour, useColours, type Rgb } from "@/hooks/colours";
import { formatCount, plural } from "@/hooks/format";
import { ramp, type ClassShown } from "./colouring";
import styles from "./Legend.module.css";

const ClassField = later(async () => (await import("./ClassField")).ClassField);

/** So many classes are listed; the others can be looked for. */
const SHOWN = 8;

interface Props {
  meaning: ColourMeaning;
  classes: readonly ClassShown[];
  only?: string;
  onOnly: (name: string | undefined) => void;
}

/** What the colours mean; a click on a class looks at it alone. */
export function Legend({ meaning, classes, only, onOnly }: Props) {
  const [isOpen, setOpen] = useState(true);
  return (
    <aside className={styles.legend} aria-label="What the colours mean">
      <button
        type="button"
        className={`bare compact ${styles.fold ?? ""}`}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        Colours <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
      </button>
      {isOpen &&
        ("names" in meaning ? (
          <Classes classes={classes} only={only} onOnly={onOnly} />
        ) : (
          <Scale low={meaning.low} high={meaning.high} />
        ))}
    </aside>
  );
}

function Classes({ classes, only, onOnly }: Omit<Props, "meaning">) {
  const own = classes.filter(({ name }, rank) => rank < SHOWN || name === only);
  const others = classes.length - own.length;
  if (!classes.length) return <p className="soft small">No row has one.</p>;
  return (
    <>
      <ul className={styles.classes}>
        {own.map(({ index, name, count: rows, series }) => (
          <li key={index}>
            <button
              type="button"
              className="bare"
              aria-pressed={name === only}
              onClick={() => onOnly(name === only ? undefined : name)}
            >
              <Dot colour={seriesColour(series)} />
              <bdi dir="auto" className={styles.name} title={disarmed(name)}>
                {disarmed(name)}
              </bdi>
              <span className="soft small figures">{formatCount(rows)}</span>
            </button>
          </li>
        ))}
      </ul>
      {others > 0 && (
        <>
          <p className={`soft small ${styles.others ?? ""}`}>
            {plural(others, "more class", "more classes")} in the same colours: names on the map tell them apart.
          </p>
          <Search key={only} classes={classes} onFound={onOnly} />
        </>
      )}
      {only !== undefined && (
        <button type="button" className="link small" onClick={() => onOnly(undefined)}>
          Show all classes
        </button>
      )}
    </>
  );
}

function Search({ classes, onFound }: { classes: readonly ClassShown[]; onFound: (name: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return <ClassField classes={classes} onFound={onFound} onClose={() => setOpen(false)} />;
  return (
    <button type="button" className="quiet compact" onPointerEnter={ClassField.begin} onClick={() => setOpen(true)}>
      Look at one class …
    </button>
  );
}

const Dot = ({ colour }: { colour: string }) => (
  <span className={styles.dot} style={{ background: colour }} aria-hidden="true" />
);

function Scale({ low, high }: { low: number | null; high: number | null }) {
  const palette = useColours();
  if (low === null || high === null) return <p className="soft small">No row has one.</p>;
  const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => written(ramp(palette, share))).join(", ");
  return (
    <>
      <span className={styles.ramp} style={{ background: `linear-gradient(to right, ${stops})` }} aria-hidden="true" />
      <p className={`small figures ${styles.ends ?? ""}`}>
        <span>{rounded(low)}</span>
        <span>{rounded(high)}</span>
      </p>
      <p className={`soft small ${styles.others ?? ""}`}>
        <Dot colour={seriesColour(7)} />
        no value
      </p>
    </>
  );
}

const written = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;
const rounded = (value: number) => String(Number(value.toPrecision(3)));
