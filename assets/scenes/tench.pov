// A tench on grass.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 400x320

#version 3.7;
global_settings { assumed_gamma 1 }
camera { location <.1,6.5,-7.2> look_at <.25,-.2,0> angle 33 right x*image_width/image_height }
light_source { <-15,25,-10> rgb 1.1 } light_source { <15,10,-20> rgb .3 shadowless }
#declare R = seed(4);
plane { y, -.6 pigment { bozo scale .3 color_map { [0 rgb<.08,.2,.03>] [1 rgb<.2,.34,.08>] } } }
#declare Blade = cone { <0,0,0>, .022, <.08,.42,.02>, .004 }
#declare I = 0; union { #while (I < 9000) object { Blade scale <1,.4+.8*rand(R),1> rotate y*360*rand(R) rotate <70*(rand(R)-.5),0,70*(rand(R)-.5)> translate <(rand(R)-.5)*9,-.6,(rand(R)-.5)*8> pigment { rgb <.16,.36,.06>*(.5+rand(R)) } } #declare I = I+1; #end }
#declare Skin = texture { pigment { gradient y color_map { [0 rgb<.62,.5,.18>] [.35 rgb<.42,.38,.12>] [.75 rgb<.17,.19,.06>] [1 rgb<.09,.11,.04>] } scale 1.5 translate y*-.75 } normal { leopard .5 scale .02 } finish { ambient .12 diffuse .7 specular .5 roughness .03 } }
#declare Fin = texture { pigment { gradient x color_map { [0 rgb<.12,.11,.05>] [1 rgb<.24,.21,.1>] } scale .07 } finish { ambient .12 specular .3 } }
union {
  // body: blobs along the spine, flattened across z
  blob { threshold .5
    #declare I = 0; #while (I <= 24) #declare T = I/24; #declare H = .25+.75*pow(sin(pi*pow(.1+.78*T,.8)),1.1);
    sphere { 0, 1, 1 scale <.55,1.1*H,.62*H> translate <-2.2+4.1*T,0,0> } #declare I = I+1; #end
    texture { Skin } }
  // fins, in the plane of the body
  sphere { 0,1 scale <.55,.62,.05> translate <.1,.8,0> texture { Fin } }
  sphere { 0,1 scale <.4,.4,.05> translate <1,-.6,0> texture { Fin } }
  sphere { 0,1 scale <.4,.45,.05> translate <-.2,-.85,0> texture { Fin } }
  sphere { 0,1 scale <.6,.28,.05> rotate z*-25 translate <-1.0,-.4,-.5> texture { Fin } }
  sphere { 0,1 scale <.65,.36,.05> rotate z*40 translate <2.35,.3,0> texture { Fin } } sphere { 0,1 scale <.65,.36,.05> rotate z*-40 translate <2.35,-.3,0> texture { Fin } }
  // eye and gill
  sphere { <-2.05,.18,-.36>,.1 pigment { rgb <.75,.3,.05> } finish { specular .8 } } sphere { <-2.07,.18,-.42>,.055 pigment { rgb .01 } finish { specular .9 } }
  rotate x*65 rotate y*-8 scale 1.0 translate <0,-.05,0> }
