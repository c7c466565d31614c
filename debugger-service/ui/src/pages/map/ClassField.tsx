import { Combobox } from "@/components/Combobox";
import type { ClassShown } from "./colouring";

interface Props {
  classes: readonly ClassShown[];
  onFound: (name: string) => void;
  onClose: () => void;
}

/** Finds a class by its name, among many. */
export function ClassField({ classes, onFound }: Props) {
  return (
    <Combobox
      label="Look at one class"
      labelHidden
      // eslint-disable-next-line jsx-a11y/no-autofocus -- it takes the place of the button that was pressed
      autoFocus
      placeholder="Look at one class …"
      options={classes.map(({ name }) => name)}
      value={null}
      onChange={onFound}
    />
  );
}
