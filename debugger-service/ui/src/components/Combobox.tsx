import { useCallback, useState, type ReactNode } from "react";
import {
  Button,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  ListLayout,
  Popover,
  Virtualizer,
} from "react-aria-components";
import { disarmed } from "./UserText";
import styles from "./Combobox.module.css";

interface Props {
  label: string;
  /** Not seen, but heard. */
  labelHidden?: boolean;
  options: readonly string[];
  value: string | null;
  onChange: (value: string) => void;
  /** Also something that is not among the options, such as a new label. */
  allowsOther?: boolean;
  placeholder?: string;
  autoFocus?: boolean;
  hint?: ReactNode;
}

const ROW = 34;

/** A field with a list of suggestions that typing narrows; thousands of options are no burden. */
export function Combobox({
  label,
  labelHidden,
  options,
  value,
  onChange,
  allowsOther,
  placeholder,
  autoFocus,
  hint,
}: Props) {
  const items = options.map((option) => ({ id: option }));
  // What is outside a modal dialog lies below it and takes no click.
  const [dialog, setDialog] = useState<Element>();
  const place = useCallback((field: Element | null) => setDialog(field?.closest("dialog") ?? undefined), []);
  return (
    <ComboBox
      ref={place}
      className={styles.field}
      defaultItems={items}
      defaultValue={value}
      defaultInputValue={value ?? ""}
      allowsCustomValue={allowsOther}
      menuTrigger="focus"
      onChange={(key) => key !== null && onChange(String(key))}
    >
      <Label className={labelHidden ? "unseen" : styles.label}>{label}</Label>
      <div className={styles.control}>
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- asked for by dialogs that have this field alone */}
        <Input className={`input ${styles.input ?? ""}`} placeholder={placeholder} autoFocus={autoFocus} />
        <Button className={`bare ${styles.open ?? ""}`}>▾</Button>
      </div>
      {hint}
      {/* eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is in a package beneath this one */}
      <Popover className={styles.popover} offset={4} UNSTABLE_portalContainer={dialog}>
        <Virtualizer layout={ListLayout} layoutOptions={{ rowHeight: ROW }}>
          <ListBox<{ id: string }>
            className={styles.list}
            renderEmptyState={() => <p className="soft">Nothing fits.</p>}
          >
            {({ id }) => (
              <ListBoxItem id={id} textValue={id} className={styles.option}>
                <bdi dir="auto">{disarmed(id)}</bdi>
              </ListBoxItem>
            )}
          </ListBox>
        </Virtualizer>
      </Popover>
    </ComboBox>
  );
}
