// Loads the sheet once for all parts of a page, and tries again while the server is away.

const address = location.origin + "{address}";

function load(times) {
  const again = times ? `?again=${times}` : "";
  return (window.learncraftSheet ??= import(address + again).catch((error) => {
    window.learncraftSheet = null;
    throw error;
  }));
}

export default function (component) {
  let end = null;
  let isGone = false;
  const begin = (times) =>
    load(times).then(
      (sheet) => {
        if (!isGone) end = sheet.mount(component);
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
