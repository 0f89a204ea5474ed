// Loads the builder once, and tries again while the server is away.

const address = location.origin + "{address}";

function load(times) {
  const again = times ? `?again=${times}` : "";
  return (window.learncraftBuilder ??= import(address + again).catch((error) => {
    window.learncraftBuilder = null;
    throw error;
  }));
}

export default function (component) {
  let end = null;
  let isGone = false;
  const begin = (times) =>
    load(times).then(
      (builder) => {
        if (!isGone) end = builder.mount(component);
      },
      () => {
        if (!isGone) setTimeout(() => begin(times + 1), Math.min(500 * 2 ** times, 8000));
      },
    );
  begin(0);
  return () => {
    isGone = true;
    end?.();
  };
}
