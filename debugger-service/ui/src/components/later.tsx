import { useEffect, useEffectEvent, useState, type ComponentType } from "react";
import { notifyError } from "@/hooks/toasts";

interface Closable {
  onClose: () => void;
}

/**
 * A part that most visits never see, loaded when it is first shown; `begin` loads it before. Where it cannot be loaded,
 * the person is told, and it is closed: whoever opens it again asks for it again.
 */
export function later<P extends Closable>(load: () => Promise<ComponentType<P>>) {
  let loaded: ComponentType<P> | undefined;
  const ask = async () => (loaded ??= await load());
  function Later(props: P) {
    const [Part, setPart] = useState(() => loaded);
    const isMissing = Part === undefined;
    const fail = useEffectEvent((error: unknown) => {
      notifyError(error);
      props.onClose();
    });
    useEffect(() => {
      if (!isMissing) return undefined;
      let isShown = true;
      ask().then(
        (part) => isShown && setPart(() => part),
        (error: unknown) => isShown && fail(error),
      );
      return () => {
        isShown = false;
      };
    }, [isMissing]);
    return Part ? <Part {...props} /> : null;
  }
  const begin = () => void ask().catch(() => undefined);
  return Object.assign(Later, { begin });
}
