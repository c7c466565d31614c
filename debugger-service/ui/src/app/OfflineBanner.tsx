import { useIsOnline } from "@/hooks/online";

/** Says that there is no network, as long as that is so. */
export function OfflineBanner() {
  const isOnline = useIsOnline();
  return (
    <div role="status">
      {!isOnline && (
        <p className="banner warn">
          You are offline. What you see stays; it is asked for anew when the network is back, and decisions wait for it.
        </p>
      )}
    </div>
  );
}
