import { useQuery } from "@tanstack/react-query";
import { perturbationsQuery, type Tried, type Variant } from "@/api/behaviour";
import { Label } from "@/components/Label";
import { disarmed, UserText } from "@/components/UserText";
import { formatPercent, plural } from "@/hooks/format";
import styles from "./Variants.module.css";

/** What becomes of the answer when the text hardly changes: first what flips it. */
export function Variants({ tried: { variants } }: { tried: Tried }) {
  const { data } = useQuery(perturbationsQuery());
  const titleOf = (name: string) => data?.find((each) => each.name === name)?.title ?? name.replaceAll("_", " ");
  const flipping = variants.filter(({ flips }) => flips);
  const steady = variants.filter(({ flips }) => !flips);
  return (
    <section className="card" aria-labelledby="variants">
      <h2 id="variants">Small changes that flip it</h2>
      {variants.length === 0 && <p className="soft">There is nothing to change in this text.</p>}
      {variants.length > 0 && flipping.length === 0 && (
        <p>
          <span aria-hidden="true">✓ </span>None of {plural(variants.length, "change")}: the answer stays.
        </p>
      )}
      {flipping.length > 0 && <VariantList variants={flipping} titleOf={titleOf} />}
      {steady.length > 0 && (
        <details className={styles.rest}>
          <summary>{plural(steady.length, "change that leaves", "changes that leave")} the answer as it is</summary>
          <VariantList variants={steady} titleOf={titleOf} />
        </details>
      )}
    </section>
  );
}

function VariantList({ variants, titleOf }: { variants: readonly Variant[]; titleOf: (name: string) => string }) {
  return (
    <ul className={styles.list}>
      {variants.map((variant) => (
        <li key={variant.perturbation + variant.text}>
          <UserText lines={2}>{variant.text}</UserText>
          <p className={`small soft ${styles.change ?? ""}`}>
            <span className="badge">{titleOf(variant.perturbation)}</span> <bdi>{disarmed(variant.change)}</bdi>
          </p>
          <p className={styles.answer}>
            {variant.flips && <span aria-label="becomes">→ </span>}
            <Label tone={variant.flips ? "bad" : "plain"}>{variant.label}</Label>{" "}
            <span className="figures small">{formatPercent(variant.confidence)}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}
