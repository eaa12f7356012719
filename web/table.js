// The hidden table that mirrors the board, for screen readers and for tests.

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function cellText({ state, error, share, result }) {
  if (state === 'failed') return error;
  if (!result) return state === 'working' ? `working, ${Math.round(100 * share)} %` : state;
  const [first] = result.top;
  const flat = result.flat ? `, no positive evidence for ${result.target.label}` : '';
  const int8 = result.precision === 'int8' ? ', int8' : '';
  return `${first.label} ${percent(first.probability)}${int8}${flat}${state === 'ready' ? '' : `, ${state}`}`;
}

function cellData({ state, result }) {
  const data = { state };
  if (!result) return data;
  const { ms } = result;
  return {
    ...data,
    top1: result.top[0].label,
    index: result.top[0].index,
    probability: result.top[0].probability,
    target: result.target.label,
    layer: result.layer,
    method: result.method,
    precision: result.precision,
    flat: result.flat,
    signed: result.signed,
    counterfactual: result.counterfactual,
    score: result.score,
    deletion: result.judgement?.deletion ?? '',
    insertion: result.judgement?.insertion ?? '',
    road: result.judgement?.road ?? '',
    ms: (ms.decode + ms.forward + ms.map).toFixed(2),
    forwardMs: ms.forward.toFixed(2),
  };
}

// A row's name, with what its models agree on where two or more have answered.
const rowText = (picture) => {
  const name = side(picture, picture.name);
  return picture.agreement ? `${name}, ${picture.agreement.text}` : name;
};

function rowData(picture) {
  const { id, state, agreement } = picture;
  return {
    id,
    state,
    name: side(picture, picture.name),
    agreement: agreement?.text ?? '',
    pairs: agreement ? JSON.stringify(agreement.pairs) : '',
  };
}

function pairText({ models: [a, b], maps, same }) {
  const likeness = maps
    ? `Pearson ${maps.pearson.toFixed(2)}, rank ${maps.rank.toFixed(2)}, overlap ${maps.iou.toFixed(2)}`
    : 'maps cannot be compared';
  return `${a} and ${b}: ${likeness}, ${same ? 'same class' : 'other class'}`;
}

function agreementText({ name, agreement }) {
  if (!agreement) return `Agreement: ${name}, fewer than two models have answered`;
  return `Agreement: ${[`${name}, ${agreement.text}`, ...agreement.pairs.map(pairText)].join('; ')}`;
}

function mark(element, name, value) {
  if (element.dataset[name] !== String(value)) element.dataset[name] = value;
}

// Writes only what changed: a board can be large, and a screen reader hears of every change.
function write(element, text, data) {
  if (element.textContent !== text) element.textContent = text;
  for (const [name, value] of Object.entries(data)) mark(element, name, value);
}

function resize(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}

function heading(scope) {
  const th = document.createElement('th');
  th.scope = scope;
  return th;
}

const side = ({ error, state }, text) => (state === 'failed' ? `${text}: ${error}` : text);

const isAt = (place, picture, model) => place?.picture === picture.id && place?.model === model.id;

// One sentence about the board, for those who do not see it: where they are, or how far it is.
export function summary({ pictures, models, cells, selected, enlarged, compared, notice }) {
  if (notice) return notice;
  const row = pictures.find(({ id }) => id === compared);
  if (row) return agreementText(row);
  const left = cells.filter(({ state }) => state === 'waiting' || state === 'working').length;
  const here = enlarged ?? selected;
  const cell = here && cells.find(({ picture, model }) => picture === here.picture && model === here.model);
  if (cell) {
    const name = (items, id) => items.find((item) => item.id === id)?.name;
    return `${enlarged ? 'Enlarged: ' : ''}${name(pictures, here.picture)}, ${name(models, here.model)}: ${cellText(cell)}`;
  }
  if (cells.length === 0) return pictures.length === 0 ? 'No images' : 'No models';
  return left > 0 ? 'Working' : `${cells.filter(({ state }) => state === 'ready').length} cells ready`;
}

// The board with its news, whose pictures and cells are null where they are as they were.
export function updated(board, news) {
  const kept = (items, old) => items.map((item, i) => item ?? old[i]);
  return { ...news, pictures: kept(news.pictures, board.pictures), cells: kept(news.cells, board.cells) };
}

const written = new WeakMap(); // element → the picture or cell that it shows: reading elements is slow

function writeOnce(element, item, textOf, dataOf) {
  if (written.get(element) === item) return;
  written.set(element, item);
  write(element, textOf(item), dataOf(item));
}

export function mirror(table, board) {
  const { pictures, models, cells } = board;
  resize(table.tHead, 1, () => document.createElement('tr'));
  const head = table.tHead.rows[0];
  resize(head, 1 + models.length, () => heading('col'));
  write(head.cells[0], 'Image', {});
  models.forEach((model, column) => {
    const variant = model.variant ? `, ${model.variant}` : '';
    write(head.cells[column + 1], side(model, `${model.name}${variant}`), { id: model.id, state: model.state });
  });
  const body = table.tBodies[0];
  resize(body, pictures.length, () => document.createElement('tr'));
  pictures.forEach((picture, row) => {
    const line = body.rows[row];
    resize(line, 1 + models.length, (i) => (i === 0 ? heading('row') : document.createElement('td')));
    writeOnce(line.cells[0], picture, rowText, rowData);
    mark(line.cells[0], 'compared', board.compared === picture.id);
    models.forEach((model, column) => {
      const cell = cells[row * models.length + column];
      const td = line.cells[column + 1];
      writeOnce(td, cell, cellText, cellData);
      mark(td, 'selected', isAt(board.selected, picture, model));
      mark(td, 'enlarged', isAt(board.enlarged, picture, model));
    });
  });
}
