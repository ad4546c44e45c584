// Draws the charts of a report. The options come from the page's data blocks,
// which hold no code; what depends on the device (colours, text, size) is added
// here. Without this script the page still has every number, in its tables.
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');

  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  var charts = []; // {el, data, chart}
  var printing = false;

  function css(name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  }

  // Colours in the options are names of custom properties.
  function color(v) {
    return typeof v === 'string' && v.indexOf('--') === 0 ? css(v) : v;
  }

  function day(iso, long) {
    var d = new Date(iso + 'T00:00:00Z');
    var o = { day: 'numeric', month: 'short', timeZone: 'UTC' };
    if (long) { o.year = 'numeric'; o.weekday = 'short'; }
    return new Intl.DateTimeFormat('en-GB', o).format(d);
  }

  function money(v, digits) {
    return new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(v).replace('-', '\u2212');
  }

  function short(v) {
    return new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 }).format(v).replace('-', '\u2212');
  }

  function series(option, id) {
    return option.series.filter(function (s) { return s.id === id; })[0];
  }

  // value returns the number of a series at a day, or null where it has none.
  function value(option, id, i) {
    var s = series(option, id);
    var v = s && s.data[i] ? s.data[i].value : null;
    return typeof v === 'number' ? v : (v === undefined && s && s.data[i] ? 0 : null);
  }

  function tooltip(data) {
    var option = data.option;
    return function (params) {
      var p = Array.isArray(params) ? params[0] : params;
      if (!p) { return ''; }
      var i = p.dataIndex;
      if (data.kind !== 'days') {
        return plain(p.name === undefined ? '' : axis(option)[i]) + '\n' + data.currency + ' ' + money(value(option, 'actual', i) || 0, data.digits);
      }
      var lines = [day(axis(option)[i], true)];
      var v = value(option, 'actual', i);
      var state = series(option, 'actual').data[i].name;
      lines.push(v === null ? 'no data' : data.currency + ' ' + money(v, data.digits) + (state === 'incomplete' ? ', incomplete' : ''));
      var low = value(option, 'low', i);
      if (low !== null) {
        lines.push('usually ' + money(low, data.digits) + ' to ' + money(low + (value(option, 'band', i) || 0), data.digits));
      }
      var prior = value(option, 'prior', i);
      if (prior !== null) { lines.push('prior period ' + money(prior, data.digits)); }
      return lines.join('\n');
    };
  }

  // plain keeps a name from being read as rich text.
  function plain(s) { return String(s).replace(/[{}|]/g, ' '); }

  function axis(option) {
    return option.xAxis[0].data || option.yAxis[0].data;
  }

  // build returns the options of a chart in the present colours.
  function build(el, data) {
    var o = JSON.parse(JSON.stringify(data.option));
    var small = el.clientWidth < 500;
    var text = { color: css('--muted'), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
    var lying = data.kind === 'lying';
    o.animation = false;
    o.textStyle = { fontFamily: text.fontFamily };
    o.grid = lying
      ? { left: 0, right: 72, top: 4, bottom: 4, containLabel: true }
      : { left: 0, right: 8, top: 14, bottom: 0, containLabel: true };
    var category = {
      type: 'category', data: axis(o),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: css('--rule') } },
      axisLabel: Object.assign({ hideOverlap: true }, text)
    };
    var amount = {
      type: 'value',
      splitNumber: 4,
      splitLine: { lineStyle: { color: css('--rule-soft') } },
      axisLabel: Object.assign({ formatter: short }, text)
    };
    if (data.kind === 'days') {
      category.axisLabel.formatter = function (v) { return day(v); };
      category.axisLabel.showMinLabel = true;
    }
    if (lying) {
      category.inverse = true;
      category.axisLine = { show: false };
      category.axisLabel.width = Math.min(240, el.clientWidth * 0.38);
      category.axisLabel.overflow = 'truncate';
      category.axisLabel.color = css('--ink');
      category.axisLabel.interval = 0;
      category.axisLabel.formatter = plain;
      amount.axisLabel.show = false;
      amount.splitLine.show = false;
    }
    o.xAxis = lying ? amount : category;
    o.yAxis = lying ? category : amount;
    o.tooltip = {
      show: true, renderMode: 'richText', confine: true, transitionDuration: 0,
      trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: css('--rule'), opacity: 0.35 } },
      backgroundColor: css('--surface'), borderColor: css('--rule'), borderWidth: 1, padding: [8, 12],
      textStyle: { color: css('--ink'), fontSize: 13, lineHeight: 19, fontFamily: text.fontFamily },
      formatter: tooltip(data)
    };
    o.series.forEach(function (s) {
      s.color = color(s.color);
      s.emphasis = { disabled: true };
      s.silent = true;
      if (s.type === 'bar') {
        s.z = 2;
        s.barMaxWidth = lying ? 18 : 44;
        s.barCategoryGap = data.kind === 'days' ? '18%' : '38%';
        if (data.kind !== 'days') {
          // Upright bars have room for a number each only while they are few.
          s.label = {
            show: lying || s.data.length * 72 < el.clientWidth, position: lying ? 'right' : 'top', color: css('--ink'), fontSize: 12, fontFamily: text.fontFamily,
            formatter: function (p) { return short(p.value); }
          };
        }
        s.data.forEach(function (d) {
          var fill = css(d.name === 'before' ? '--bar-before' : d.name === 'above' ? '--bar-above' : '--bar');
          d.itemStyle = d.name === 'incomplete'
            ? { color: css('--surface'), borderColor: fill, borderWidth: 1.25, borderType: [3, 2] }
            : { color: fill };
          delete d.name; // the tooltip's name is the day's
        });
        return;
      }
      s.symbol = 'none';
      s.lineStyle = { width: 0 };
      if (s.id === 'low' || s.id === 'band') {
        s.stackStrategy = 'all';
        s.z = 1;
        s.step = 'middle';
        if (s.id === 'band') { s.areaStyle = { color: s.color, opacity: 1, origin: 'auto' }; }
      } else if (s.id === 'expected') {
        s.z = 3;
        s.step = 'middle';
        s.lineStyle = { width: 1, color: s.color, type: 'dotted' };
      } else {
        s.z = 4;
        s.lineStyle = { width: small ? 1.25 : 1.5, color: s.color };
      }
    });
    return o;
  }

  function draw(c) {
    if (!c.chart) {
      c.chart = window.echarts.init(c.el, null, { renderer: 'canvas' });
    }
    c.chart.setOption(build(c.el, c.data), true);
    c.el.setAttribute('data-drawn', 'true');
  }

  function redraw() {
    charts.forEach(function (c) { if (c.chart) { draw(c); } });
  }

  document.querySelectorAll('.chart[data-chart]').forEach(function (el) {
    var block = document.getElementById(el.getAttribute('data-chart'));
    charts.push({ el: el, data: JSON.parse(block.textContent), chart: null });
  });

  function chartOf(el) {
    return charts.filter(function (c) { return c.el === el; })[0];
  }

  if ('IntersectionObserver' in window) {
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) {
        if (e.isIntersecting) {
          seen.unobserve(e.target);
          var c = chartOf(e.target);
          if (!c.chart) { draw(c); }
        }
      });
    }, { rootMargin: '300px' });
    charts.forEach(function (c) { seen.observe(c.el); });
    // What can be seen at once is not left to the observer, and the rest is
    // drawn, one by one, when the page stands; what is folded away waits.
    charts.forEach(function (c) {
      if (c.el.clientWidth && c.el.getBoundingClientRect().top < window.innerHeight) { draw(c); }
    });
    window.setTimeout(function rest() {
      var c = charts.filter(function (c) { return !c.chart && c.el.clientWidth; })[0];
      if (c) {
        draw(c);
        window.setTimeout(rest, 30);
      }
    }, 300);
  } else {
    charts.forEach(draw);
  }

  if ('ResizeObserver' in window) {
    var sizes = new ResizeObserver(function (entries) {
      entries.forEach(function (e) {
        var c = chartOf(e.target);
        if (c.chart && !printing) { c.chart.resize(); }
      });
    });
    charts.forEach(function (c) { sizes.observe(c.el); });
  }

  // Paper is light, 640 px wide, and shows the parts that are folded away on a
  // screen, except the tables behind the charts.
  var opened = [];
  window.addEventListener('beforeprint', function () {
    printing = true;
    var theme = root.getAttribute('data-theme');
    root.setAttribute('data-theme', 'light');
    root.setAttribute('data-before-print', theme || '');
    document.querySelectorAll('details.dimension:not([open]), details.accounts:not([open])').forEach(function (d) {
      d.open = true;
      opened.push(d);
    });
    charts.forEach(function (c) {
      draw(c);
      c.chart.resize({ width: Math.min(c.el.clientWidth || 640, 640) });
    });
  });
  window.addEventListener('afterprint', function () {
    printing = false;
    var theme = root.getAttribute('data-before-print');
    root.removeAttribute('data-before-print');
    if (theme) { root.setAttribute('data-theme', theme); } else { root.removeAttribute('data-theme'); }
    opened.forEach(function (d) { d.open = false; });
    opened = [];
    charts.forEach(function (c) { c.chart.resize({ width: 'auto' }); });
    redraw();
  });

  dark.addEventListener('change', redraw);

  // The switch between light and dark is of use only with scripts.
  var button = document.createElement('button');
  button.type = 'button';
  button.className = 'theme';
  function isDark() {
    var theme = root.getAttribute('data-theme');
    return theme ? theme === 'dark' : dark.matches;
  }
  function say() { button.textContent = isDark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', 'Switch to ' + (isDark() ? 'light' : 'dark') + ' colours'); }
  button.addEventListener('click', function () {
    root.setAttribute('data-theme', isDark() ? 'light' : 'dark');
    say();
    redraw();
  });
  dark.addEventListener('change', say);
  say();
  document.querySelector('.top').appendChild(button);
})();
